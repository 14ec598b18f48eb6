import type { Facts } from '#facts/facts';
import type { Decider } from '#policy/verdict';
import { type Origin, sameOrigin } from '#snapshot/origin';
import { CLUSTER } from '#snapshot/scope';
import type { Denied } from './denials.ts';

const DNS = 53;

/**
 * Whether a denial takes a pod its names by oversight: it may send some things, and no rule is for port 53. Who may send nothing at
 * all, or is kept from port 53 by a rule for it, is meant to be.
 */
export const takesNames = (facts: Facts, { direction, question, side }: Denied): boolean =>
  direction === 'Egress' &&
  question.port === DNS &&
  side.by.every(({ rule }) => rule === null) &&
  side.by.some((one) => allows(facts, one));

/** Whether a policy lets the pods that it selects send anything. */
function allows(facts: Facts, { origin }: Decider): boolean {
  const [kubernetes, calico] = [facts.seen('network-policy', CLUSTER), facts.seen('calico-policy', CLUSTER)];
  const isIt = (one: { readonly origin: Origin }): boolean => sameOrigin(one.origin, origin);
  return (
    (kubernetes.is === 'seen' && kubernetes.value.some((one) => isIt(one) && one.egress.length > 0)) ||
    (calico.is === 'seen' && calico.value.some((one) => isIt(one) && one.egress.some(({ action }) => action === 'Allow')))
  );
}
