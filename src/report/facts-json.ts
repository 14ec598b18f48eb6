import type { Facts, Partition } from '#facts/facts';
import { type FactOf, type KindId, kindOf } from '#facts/kinds';
import { scopeText } from '#snapshot/scope';

/** One fact as plain data, without where it was read. `steady`: without the fields that change by themselves. */
export type FactLine = { readonly kind: KindId; readonly scope: string; readonly key: string; readonly fact: unknown };

/** Kinds that count or happen: never equal between two captures. */
const CHANGING: ReadonlySet<KindId> = new Set<KindId>([
  'link-counters',
  'counter',
  'socket',
  'conntrack',
  'log-line',
  'packet',
  'observation',
  'namespace',
  'process',
  'group-membership',
  'path-mtu',
  'recent-address',
  'hashlimit-bucket',
]);

/** Settings that are counts. */
const COUNTING: ReadonlySet<string> = new Set(['net.netfilter.nf_conntrack_count']);

/** All facts in a stable order, one line each: what two captures, or a capture and a preview, are compared by. */
export function factLines(facts: Facts, steady: boolean): readonly FactLine[] {
  const lines = [...facts.partitions()].flatMap((partition) => (steady && CHANGING.has(partition.kind) ? [] : linesOf(partition, steady)));
  return lines.sort((one, other) => order(one).localeCompare(order(other)));
}

const order = ({ kind, scope, key }: FactLine): string => `${kind}\0${scope}\0${key}`;

function linesOf(partition: Partition, steady: boolean): readonly FactLine[] {
  const kind = kindOf(partition.kind);
  const facts = steady ? partition.facts.filter((fact) => !isCount(fact) && !isLearnt(partition.kind, fact)) : partition.facts;
  return facts.map((fact) => ({
    kind: partition.kind,
    scope: scopeText(partition.scope),
    key: kind.key(fact),
    fact: steady ? plain(fact, kind.volatile, kind.unordered) : plain(fact),
  }));
}

const isCount = (fact: object): boolean => 'name' in fact && COUNTING.has(String(fact.name));

/** Entries that the kernel learns from passing packets, and forgets. */
const isLearnt = (kind: KindId, fact: object): boolean =>
  (kind === 'neighbour' && 'state' in fact && fact.state !== 'permanent') ||
  (kind === 'fdb' && 'state' in fact && fact.state !== 'permanent' && fact.state !== 'static');

/**
 * The fact without origins, line numbers, the kernel's numbers of rules and packet counters, and without the named fields; lists
 * whose order says nothing in one order.
 */
function plain(fact: FactOf<KindId>, without: readonly string[] = [], unordered: readonly string[] = []): unknown {
  const text = JSON.stringify(fact, (name, value: unknown) => {
    if (name === 'origin' || name === 'line' || name === 'handle' || name === 'counters' || without.includes(name)) return undefined;
    return value instanceof Map ? sorted(Object.fromEntries(value)) : sorted(value);
  });
  return JSON.parse(text, (name, value: unknown) => (Array.isArray(value) && unordered.includes(name) ? listed(value) : value));
}

const listed = (all: readonly unknown[]): readonly unknown[] =>
  all
    .map((one) => JSON.stringify(one))
    .sort()
    .map((text): unknown => JSON.parse(text));

/** With its fields in one order: a preview may have written them in another one than a parser. */
const sorted = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => one.localeCompare(other)))
    : value;
