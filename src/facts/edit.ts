import type { Origin } from '#snapshot/origin';
import type { Scope } from '#snapshot/scope';
import type { Facts, Partition } from './facts.ts';
import { type FactOf, type KindId, kindOf } from './kinds.ts';

/** One change of one fact, as data. `put` replaces the fact of the same key or adds it; `delete` removes the one with the key. */
export type Edit<K extends KindId = KindId> = {
  readonly [Id in K]:
    | { readonly op: 'put'; readonly kind: Id; readonly scope: Scope; readonly fact: Omit<FactOf<Id>, 'origin'> }
    | { readonly op: 'delete'; readonly kind: Id; readonly scope: Scope; readonly key: string };
}[K];

/** The facts after the edits, each changed fact naming what changed it and what it replaces. */
export function edit(facts: Facts, edits: readonly Edit[], by: string): Facts {
  return edits.reduce((now, one) => now.with(editPartition(now, one, by)), facts);
}

function editPartition(facts: Facts, one: Edit, by: string): Partition {
  const kind = kindOf(one.kind);
  const before = facts.partition(one.kind, one.scope) ?? emptyPartition(one.kind, one.scope);
  const key = one.op === 'put' ? kind.key({ ...one.fact, origin: NOWHERE } as FactOf<KindId>) : one.key;
  const at = before.facts.findIndex((fact) => kind.key(fact) === key);
  const was = at < 0 ? undefined : before.facts[at]?.origin;
  const origin: Origin = { file: '', edited: { by, was } };
  const rest = before.facts.filter((_, index) => index !== at);
  const made = one.op === 'put' ? [{ ...one.fact, origin } as FactOf<KindId>] : [];
  // a replaced fact stays in its place: the order of rules and chains means something
  const after = at < 0 ? [...rest, ...made] : [...rest.slice(0, at), ...made, ...rest.slice(at)];
  return { ...before, facts: after, looks: [] } as Partition;
}

const NOWHERE: Origin = { file: '' };

/** A partition that nothing was read into; it claims no completeness. */
export const emptyPartition = <K extends KindId>(kind: K, scope: Scope): Partition<K> => ({
  kind,
  scope,
  facts: [],
  looks: [],
  readings: [],
  covers: [],
});
