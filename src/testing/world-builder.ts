import { Facts, type Partition } from '#facts/facts';
import { edit, emptyPartition, type Edit } from '#facts/edit';
import { type FactOf, type KindId, kindOf } from '#facts/kinds';
import type { Origin } from '#snapshot/origin';
import type { Scope } from '#snapshot/scope';
import { clusterPartitions, nodePartitions, podPartitions } from './built/node-partitions.ts';
import { type BuiltService, builtServices } from './built/rules.ts';
import { ruleOf } from './built/rule-text.ts';
import { type BuiltNode, type BuiltPod, builtNodes, type Shape, USUAL_SHAPE } from './built/shape.ts';

export type { BuiltNode, BuiltPod } from './built/shape.ts';
export type { BuiltService } from './built/rules.ts';

type Key<K extends KindId> = string | ((fact: FactOf<K>) => boolean);

/** A healthy flannel-VXLAN cluster as facts, and the small changes that cases are made of. Immutable: every change gives a new one. */
export class BuiltCluster {
  readonly facts: Facts;
  readonly nodes: readonly BuiltNode[];
  readonly services: readonly BuiltService[];
  readonly shape: Shape;

  constructor(facts: Facts, nodes: readonly BuiltNode[], services: readonly BuiltService[], shape: Shape) {
    this.facts = facts;
    this.nodes = nodes;
    this.services = services;
    this.shape = shape;
  }

  /** The node of a name; the pod of a node by its place. */
  node(name: string): BuiltNode {
    const found = this.nodes.find((node) => node.name === name);
    if (found === undefined) throw new Error(`a built cluster without a node ${name}`);
    return found;
  }

  pod(node: string, index = 0): BuiltPod {
    const found = this.node(node).pods[index];
    if (found === undefined) throw new Error(`a built node ${node} without a pod ${index}`);
    return found;
  }

  /** The same cluster with other facts. */
  having(facts: Facts): BuiltCluster {
    return new BuiltCluster(facts, this.nodes, this.services, this.shape);
  }

  /** After edits, as a capture would have shown it: a changed fact keeps its line, a new one stands at the end. */
  edit(edits: readonly Edit[]): BuiltCluster {
    const edited = edit(this.facts, edits, EDITED);
    const touched = edits.map(({ kind, scope }) => edited.partition(kind, scope)).filter((one) => one !== undefined);
    return this.having(edited.with(...touched.map(asCaptured)));
  }

  put<K extends KindId>(kind: K, scope: Scope, fact: Omit<FactOf<K>, 'origin'>): BuiltCluster {
    return this.edit([{ op: 'put', kind, scope, fact } as unknown as Edit]);
  }

  /** Without the facts of a key, or of a condition; throws when there are none, which is a bug of the case. */
  drop<K extends KindId>(kind: K, scope: Scope, which: Key<K>): BuiltCluster {
    const partition = this.#partition(kind, scope);
    const kept = partition.facts.filter((fact) => !isMeant(kind, fact, which));
    if (kept.length === partition.facts.length) throw new Error(`no ${kind} ${String(which)} to drop`);
    return this.replace({ ...partition, facts: kept });
  }

  /** With the facts of a key, or of a condition, changed in their places. */
  change<K extends KindId>(
    kind: K,
    scope: Scope,
    which: Key<K>,
    change: Partial<FactOf<K>> | ((fact: FactOf<K>) => FactOf<K>),
  ): BuiltCluster {
    const partition = this.#partition(kind, scope);
    let changed = 0;
    const facts = partition.facts.map((fact) => {
      if (!isMeant(kind, fact, which)) return fact;
      changed++;
      return typeof change === 'function' ? change(fact) : { ...fact, ...change };
    });
    if (changed === 0) throw new Error(`no ${kind} ${String(which)} to change`);
    return this.replace({ ...partition, facts });
  }

  /** With another partition in the place of the one of its kind and scope; looks follow the facts. */
  replace<K extends KindId>(partition: Partition<K>): BuiltCluster {
    const looks = partition.looks.map((look) => ({ ...look, facts: partition.facts }));
    return this.having(this.facts.with({ ...partition, looks } as unknown as Partition));
  }

  /** What a snapshot without that source would show. */
  without(kind: KindId, scope: Scope): BuiltCluster {
    return this.having(this.facts.without(kind, scope));
  }

  /** What a snapshot without anything of a node would show. */
  withoutNode(name: string): BuiltCluster {
    return this.having(Facts.of([...this.facts.partitions()].filter(({ scope }) => scope.node !== name)));
  }

  sysctl(scope: Scope, name: string, value: string | number): BuiltCluster {
    return this.put('sysctl', scope, { name, value: String(value) });
  }

  link(scope: Scope, name: string, change: Partial<FactOf<'link'>>): BuiltCluster {
    return this.change('link', scope, name, change);
  }

  /** With a rule (`-A FORWARD …`) at a place of its chain, counted from 0, or at its end; chain and table are made where missing. */
  rule(scope: Scope, table: FactOf<'iptables'>['table'], text: string, at?: number): BuiltCluster {
    const backend = this.shape.iptables;
    const file = `${scope.netns === '' ? `nodes/${scope.node}` : `nodes/${scope.node}/netns/${scope.netns}`}/iptables-${backend}-save_-c`;
    const added = this.facts.partition('iptables', scope)?.facts.flatMap(({ chains }) => chains.flatMap(({ rules }) => rules)) ?? [];
    const line = FIRST_ADDED + added.filter((one) => (one.origin.line ?? 0) >= FIRST_ADDED).length;
    const origin: Origin = { file, line };
    const name = text.split(' ')[1] ?? '';
    const made = this.#withTable(scope, table, name, origin);
    const rule = ruleOf(text, origin);
    return made.change(
      'iptables',
      scope,
      (fact) => fact.table === table,
      (fact) => ({
        ...fact,
        chains: fact.chains.map((chain) =>
          chain.name === name ? { ...chain, rules: chain.rules.toSpliced(at ?? chain.rules.length, 0, rule) } : chain,
        ),
      }),
    );
  }

  policy(scope: Scope, table: FactOf<'iptables'>['table'], chain: string, policy: 'ACCEPT' | 'DROP'): BuiltCluster {
    return this.change(
      'iptables',
      scope,
      (fact) => fact.table === table,
      (fact) => ({
        ...fact,
        chains: fact.chains.map((one) => (one.name === chain ? { ...one, policy } : one)),
      }),
    );
  }

  #withTable(scope: Scope, table: FactOf<'iptables'>['table'], chain: string, origin: Origin): BuiltCluster {
    const partition = this.#partition('iptables', scope);
    const own = partition.facts.find((fact) => fact.table === table);
    if (own === undefined) {
      const chains = BUILT_IN[table].map((name) => ({
        name,
        origin,
        policy: 'ACCEPT' as const,
        counters: { packets: 0, bytes: 0 },
        rules: [],
      }));
      const fact: FactOf<'iptables'> = { family: 4, backend: this.shape.iptables, table, chains, origin };
      return this.replace({ ...partition, facts: [...partition.facts, fact] }).#withTable(scope, table, chain, origin);
    }
    if (own.chains.some(({ name }) => name === chain)) return this;
    const user = { name: chain, origin, policy: null, counters: { packets: 0, bytes: 0 }, rules: [] };
    return this.change(
      'iptables',
      scope,
      (fact) => fact === own,
      (fact) => ({ ...fact, chains: [...fact.chains, user] }),
    );
  }

  #partition<K extends KindId>(kind: K, scope: Scope): Partition<K> {
    const found = this.facts.partition(kind, scope);
    return found ?? emptyPartition(kind, scope);
  }
}

const BUILT_IN: Readonly<Record<FactOf<'iptables'>['table'], readonly string[]>> = {
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  raw: ['PREROUTING', 'OUTPUT'],
  security: ['INPUT', 'FORWARD', 'OUTPUT'],
};

const EDITED = 'a case';
/** Lines of rules that a case adds: each its own. */
const FIRST_ADDED = 9000;

const isMeant = <K extends KindId>(kind: K, fact: FactOf<K>, which: Key<K>): boolean =>
  typeof which === 'function' ? which(fact) : kindOf(kind).key(fact) === which;

/** Origins and looks as if the edited partition had been captured so. */
function asCaptured(partition: Partition): Partition {
  const file = partition.readings[0]?.file ?? `nodes/${partition.scope.node}/${partition.kind}`;
  const facts = partition.facts.map((fact, index) => {
    const { edited } = fact.origin;
    return edited?.by === EDITED ? { ...fact, origin: edited.was ?? { file, line: index + 1 } } : fact;
  });
  const looks = [1, 2].map((look) => ({ look, at: 1_763_700_000_000 + 2000 * (look - 1), facts }));
  const readings = partition.readings.length === 0 ? [{ file }] : partition.readings;
  const covers = partition.readings.length === 0 ? true : partition.covers;
  return { ...partition, facts, looks, readings, covers } as unknown as Partition;
}

/** A healthy cluster of nodes A, B, C …: flannel-VXLAN, kube-proxy's rules, every partition complete. */
export function cluster(wanted: Partial<Shape> = {}): BuiltCluster {
  const shape = { ...USUAL_SHAPE, ...wanted };
  const nodes = builtNodes(shape);
  const services = builtServices(nodes, shape);
  const partitions = [
    ...clusterPartitions(nodes, shape),
    ...nodes.flatMap((node) => [
      ...nodePartitions(node, nodes, services, shape),
      ...node.pods.flatMap((pod) => podPartitions(pod, node, shape)),
    ]),
  ];
  return new BuiltCluster(Facts.of(partitions), nodes, services, shape);
}
