import type { Gap } from '#snapshot/gap';
import type { Origin } from '#snapshot/origin';

/** Something that points at where it was read: an origin, or a fact. */
export type Evidence = Origin | { readonly origin: Origin };

type Some<T> = readonly [T, ...T[]] | readonly T[];

/** What a fault's judge says of one subject. */
export type Ruling<P> =
  | { readonly is: 'found'; readonly params: P; readonly evidence: readonly Origin[] }
  | { readonly is: 'absent'; readonly evidence: readonly Origin[] }
  | { readonly is: 'unknown'; readonly gaps: readonly Gap[] };

const originOf = (evidence: Evidence): Origin => ('origin' in evidence ? evidence.origin : evidence);

/** The fault is there. No finding without evidence: an empty list is a bug. */
export function found<P>(params: P, evidence: Some<Evidence>): Ruling<P> {
  if (evidence.length === 0) throw new Error('a finding without evidence');
  return { is: 'found', params, evidence: evidence.map(originOf) };
}

/** The fault is not there, and this shows it. */
export const absent = (evidence: readonly Evidence[]): Ruling<never> => ({ is: 'absent', evidence: evidence.map(originOf) });

/** It cannot be told, because of these gaps. */
export const unknown = (...gaps: readonly Gap[]): Ruling<never> => ({ is: 'unknown', gaps });
