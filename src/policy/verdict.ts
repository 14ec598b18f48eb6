import type { Gap } from '#snapshot/gap';
import type { Origin } from '#snapshot/origin';

/** A policy that decided, with the rule of it; without one, it is the policy as a whole (nothing in it allows). */
export type Decider = {
  /** `NetworkPolicy shop/db`, `GlobalNetworkPolicy deny-metadata`. */
  readonly policy: string;
  /** `spec.ingress[0]`. */
  readonly rule: string | null;
  readonly origin: Origin;
};

/** What policies say of one direction. */
export type Side = {
  readonly is: 'allowed' | 'denied' | 'unknown';
  /** Why, in a sentence. */
  readonly says: string;
  readonly by: readonly Decider[];
  readonly gaps: readonly Gap[];
  /** No policy of any kind can change it. */
  readonly always?: true;
};

/** What policies say of a connection: the sender's side, the receiver's, and both together. */
export type PolicyVerdict = { readonly is: Side['is']; readonly egress: Side; readonly ingress: Side };

export const allowed = (says: string, ...by: readonly Decider[]): Side => ({ is: 'allowed', says, by, gaps: [] });
/** Allowed whatever any policy says. */
export const alwaysAllowed = (says: string): Side => ({ ...allowed(says), always: true });
export const denied = (says: string, ...by: readonly Decider[]): Side => ({ is: 'denied', says, by, gaps: [] });
export const unclear = (says: string, gaps: readonly Gap[], ...by: readonly Decider[]): Side => ({ is: 'unknown', says, by, gaps });

/** Both sides must allow; one that denies decides. */
export function verdictOf(egress: Side, ingress: Side): PolicyVerdict {
  const sides = [egress.is, ingress.is];
  const is = sides.includes('denied') ? 'denied' : sides.includes('unknown') ? 'unknown' : 'allowed';
  return { is, egress, ingress };
}

/** The gap of something that is captured and not evaluated. */
export const notEvaluated = (of: string, detail: string): Gap => ({ of, scope: { node: '', netns: '' }, why: 'not modelled', detail });

/** The gap of something that is not told. */
export const notTold = (of: string, detail: string, capture: string): Gap => ({
  of,
  scope: { node: '', netns: '' },
  why: 'not collected',
  detail,
  capture,
});
