import { CLUSTER } from '#snapshot/scope';
import { type Seen, seen } from '#snapshot/seen';
import type { Subject } from '../subject.ts';
import type { View } from '../view.ts';
import { isStopped, namedPolicies } from './denials.ts';

type Policy = Extract<Subject, { kind: 'policy' }>;

/** Every policy of the cluster. Where nobody listed them, it matters only if an enforcer's rule ended something. */
export function policySubjects(view: View): Seen<readonly Policy[]> {
  const read = view.seen('network-policy', CLUSTER);
  if (read.is === 'gap') return isStopped(view) ? read : seen([], []);
  const policies = namedPolicies(view.facts).map(({ policy }): Policy => ({ kind: 'policy', policy }));
  return seen(policies, read.origins, read.complete || !isStopped(view));
}
