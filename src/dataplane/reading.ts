import type { Partition } from '#facts/facts';
import { type FactOf, type KindId, kindOf } from '#facts/kinds';
import type { Gap } from '#snapshot/gap';
import type { Origin } from '#snapshot/origin';
import type { Scope } from '#snapshot/scope';

/** A fact that decided something, or the whole reading in which it is missing (`absent`). */
export type Citation = {
  readonly kind: KindId;
  readonly scope: Scope;
  readonly key: string;
  readonly absent?: true;
  readonly origin: Origin;
};

/** A table that was read: what is absent from it is really absent where `complete`. */
export type Table<K extends KindId, T> = {
  readonly is: 'seen';
  readonly kind: K;
  readonly scope: Scope;
  readonly table: T;
  readonly complete: boolean;
  readonly readings: readonly Origin[];
};

/** A table, or why there is none. */
export type Known<K extends KindId, T> = Table<K, T> | { readonly is: 'gap'; readonly gap: Gap };

/** The citation of a fact. */
export const cite = <K extends KindId>(kind: K, scope: Scope, fact: FactOf<K>): Citation => ({
  kind,
  scope,
  key: kindOf(kind).key(fact),
  origin: fact.origin,
});

/** The citation of an absence: all readings in which the thing would have been. */
export const citeAbsence = <K extends KindId>(known: Table<K, unknown>, wanted: string): readonly Citation[] =>
  known.readings.map((origin) => ({ kind: known.kind, scope: known.scope, key: wanted, absent: true, origin }));

/** Builds a table of a partition; a partition of which nothing could be read stays its gap. */
export function knownOf<K extends KindId, T>(
  kind: K,
  scope: Scope,
  partition: Partition<K> | undefined,
  gap: Gap,
  table: (of: Partition<K>) => T,
): Known<K, T> {
  if (partition === undefined) return { is: 'gap', gap };
  if (partition.gap !== undefined && partition.readings.length === 0) return { is: 'gap', gap: partition.gap };
  return { is: 'seen', kind, scope, table: table(partition), complete: partition.covers === true, readings: partition.readings };
}
