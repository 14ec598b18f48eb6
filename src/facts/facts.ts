import type { Gap } from '#snapshot/gap';
import type { Origin } from '#snapshot/origin';
import type { Scope } from '#snapshot/scope';
import { missing, type Seen, seen } from '#snapshot/seen';
import type { FactOf, KindId } from './kinds.ts';
import { kinds } from './kinds.ts';

/** One look at a partition. */
export type Look<K extends KindId = KindId> = {
  readonly look: number;
  /** Wall-clock milliseconds of the node, where known. */
  readonly at: number | undefined;
  readonly facts: readonly FactOf<K>[];
};

/** All facts of one kind in one scope, as read. Immutable: an edit makes a new one, and tables are memoised by its identity. */
export type Partition<K extends KindId = KindId> = {
  readonly kind: K;
  readonly scope: Scope;
  /** The last look. */
  readonly facts: readonly FactOf<K>[];
  /** Earlier and last looks in order, for kinds that keep them. */
  readonly looks: readonly Look<K>[];
  /** The readings as wholes. */
  readonly readings: readonly Origin[];
  /** `true`: lists everything there is. Else the parts that it lists fully (`main`, `nat` …). */
  readonly covers: true | readonly string[];
  /** Set when nothing, or only a part, could be read. */
  readonly gap?: Gap;
};

type NodePartitions = ReadonlyMap<string, Partition>;

const slot = (kind: KindId, netns: string): string => `${kind}\0${netns}`;

/** Everything that was read out of a snapshot: partitions by node, namespace and kind. An edit shares all that it does not touch. */
export class Facts {
  readonly #byNode: ReadonlyMap<string, NodePartitions>;

  private constructor(byNode: ReadonlyMap<string, NodePartitions>) {
    this.#byNode = byNode;
  }

  static of(partitions: Iterable<Partition>): Facts {
    const byNode = new Map<string, Map<string, Partition>>();
    for (const partition of partitions) {
      const { node, netns } = partition.scope;
      const own = byNode.get(node) ?? new Map<string, Partition>();
      own.set(slot(partition.kind, netns), partition);
      byNode.set(node, own);
    }
    return new Facts(byNode);
  }

  /** The names of all nodes that anything was read of. */
  nodes(): readonly string[] {
    return [...this.#byNode.keys()].filter((node) => node !== '').sort();
  }

  /** All scopes of a node (root namespace first) in which a fact of this kind, or of any kind, was read. */
  scopes(node: string, kind?: KindId): readonly Scope[] {
    const names = new Set<string>();
    for (const partition of this.#byNode.get(node)?.values() ?? []) {
      if (kind === undefined || partition.kind === kind) names.add(partition.scope.netns);
    }
    return [...names].sort().map((netns) => ({ node, netns }));
  }

  partition<K extends KindId>(kind: K, scope: Scope): Partition<K> | undefined {
    return this.#byNode.get(scope.node)?.get(slot(kind, scope.netns)) as Partition<K> | undefined;
  }

  /** What was read of a node, as one thing that tables can be memoised by: an edit elsewhere leaves it the same object. */
  ofNode(node: string): object | undefined {
    return this.#byNode.get(node);
  }

  *partitions(): Generator<Partition> {
    for (const own of this.#byNode.values()) yield* own.values();
  }

  /**
   * The facts of a kind in a scope. `part` asks for one part (a route table, an iptables table): `complete` then says
   * whether that part was read fully, so that an absence in it is evidence.
   */
  seen<K extends KindId>(kind: K, scope: Scope, part?: string): Seen<readonly FactOf<K>[]> {
    const partition = this.partition(kind, scope);
    if (partition === undefined) return missing(notCollected(kind, scope));
    const whole = partition.covers === true || (part !== undefined && partition.covers.includes(part));
    if (partition.gap !== undefined && partition.readings.length === 0) return missing(partition.gap);
    return seen(partition.facts, partition.readings, whole);
  }

  /** The same facts with some partitions replaced or added. */
  with(...partitions: readonly Partition[]): Facts {
    const byNode = new Map(this.#byNode);
    const fresh = new Map<string, Map<string, Partition>>();
    for (const partition of partitions) {
      const { node, netns } = partition.scope;
      const own = fresh.get(node) ?? new Map(this.#byNode.get(node) ?? []);
      own.set(slot(partition.kind, netns), partition);
      fresh.set(node, own);
      byNode.set(node, own);
    }
    return new Facts(byNode);
  }

  /** The same facts without one partition: what a snapshot without that source would give. */
  without(kind: KindId, scope: Scope): Facts {
    const byNode = new Map(this.#byNode);
    const own = new Map(this.#byNode.get(scope.node) ?? []);
    own.delete(slot(kind, scope.netns));
    byNode.set(scope.node, own);
    return new Facts(byNode);
  }
}

/** The gap that stands for a kind of fact which no source in the snapshot speaks of. */
export const notCollected = (kind: KindId, scope: Scope): Gap => ({
  of: kind,
  scope,
  why: 'not collected',
  detail: `nothing in the snapshot tells the ${kind} facts of ${scope.node === '' ? 'the cluster' : scope.netns === '' ? scope.node : `${scope.netns} on ${scope.node}`}`,
  capture: kinds[kind].capture,
});
