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
  const placed = lines.map((line) => ({ line, place: `${line.kind}\0${line.scope}\0${line.key}` }));
  return placed.sort((one, other) => byText(one.place, other.place)).map(({ line }) => line);
}

/** By code units: no language orders these. */
const byText = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

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

/** Where a fact was read, the kernel's numbers of rules, and packet counters. */
const UNTOLD: ReadonlySet<string> = new Set(['origin', 'line', 'handle', 'counters']);

/**
 * The fact without what is never told and without the named fields, with its fields in one order, for a preview may have written them
 * in another one than a parser; lists whose order says nothing in one order.
 */
function plain(fact: FactOf<KindId>, without: readonly string[] = [], unordered: readonly string[] = []): unknown {
  const told = (value: unknown, name: string): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) {
      const list = value.map((one: unknown) => told(one, ''));
      return unordered.includes(name) ? listed(list) : list;
    }
    const fields: readonly (readonly [string, unknown])[] = value instanceof Map ? [...value] : Object.entries(value);
    const kept = fields.filter(([field]) => !UNTOLD.has(field) && !without.includes(field));
    return Object.fromEntries(kept.map(([field, own]) => [field, told(own, field)] as const).sort(([one], [other]) => byText(one, other)));
  };
  return told(fact, '');
}

const listed = (all: readonly unknown[]): readonly unknown[] =>
  all
    .map((one) => ({ one, text: JSON.stringify(one) }))
    .sort((one, other) => byText(one.text, other.text))
    .map(({ one }) => one);
