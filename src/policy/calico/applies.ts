import type { CalicoPolicy } from '#facts/calico-policy/calico-policy';
import type { Pod } from '#facts/pod/pod';
import { selectsPod } from '../network-policy/side.ts';
import { all, type Three } from '../three.ts';
import type { CalicoContext } from './context.ts';
import type { TieredPolicy } from './converted.ts';
import { lent, namespacesOf } from './entity.ts';

/** Whether a policy applies to a pod in a direction. What is only for host endpoints (preDNAT, doNotTrack) applies to no pod. */
export function applies({ of }: TieredPolicy, pod: Pod, direction: 'Ingress' | 'Egress', context: CalicoContext): Three {
  return of.is === 'kubernetes' ? selectsPod(of.policy, pod, direction) : calicoApplies(of.policy, pod, direction, context);
}

function calicoApplies(policy: CalicoPolicy, pod: Pod, direction: 'Ingress' | 'Egress', context: CalicoContext): Three {
  if (!policy.types.includes(direction) || policy.preDnat || policy.doNotTrack) return false;
  if (policy.namespace !== null && policy.namespace !== pod.namespace) return false;
  const selectors = [
    policy.selector === '' ? null : context.parsed(policy.selector),
    policy.namespaceSelector === '' || policy.namespace !== null ? null : namespacesOf(context.parsed(policy.namespaceSelector)),
    policy.serviceAccountSelector === '' ? null : lent(context.parsed(policy.serviceAccountSelector), 'pcsa.'),
  ];
  return all(selectors, (selector) => (selector === null ? true : selector === undefined ? undefined : context.selects(selector, pod)));
}
