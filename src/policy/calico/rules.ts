import type { CalicoRule } from '#facts/calico-policy/calico-policy';
import type { PolicyRule } from '#facts/network-policy/network-policy';
import { type Matching, peersHold } from '../network-policy/peers.ts';
import { portsHold } from '../network-policy/ports.ts';
import { deciderOf as kubernetesDecider } from '../network-policy/side.ts';
import type { PolicyQuestion } from '../question.ts';
import { all, type Three } from '../three.ts';
import type { Decider } from '../verdict.ts';
import type { CalicoContext } from './context.ts';
import type { TieredPolicy } from './converted.ts';
import { ruleHolds } from './rule.ts';

/** A rule among those of its tier. */
export type RuleInTier = {
  readonly path: string;
  readonly action: CalicoRule['action'];
  readonly decider: Decider;
  readonly policy: TieredPolicy;
  /** What cannot be evaluated of it, to be appended to a sentence. */
  readonly unclear: string;
  readonly holds: (question: PolicyQuestion, context: CalicoContext, matching: Matching) => Three;
};

/** A policy as findings name it. */
export function deciderOf({ of }: TieredPolicy): Decider {
  if (of.is === 'kubernetes') return kubernetesDecider(of.policy);
  const { namespace, name, origin } = of.policy;
  const policy = namespace === null ? `GlobalNetworkPolicy ${name}` : `Calico NetworkPolicy ${namespace}/${name}`;
  return { policy, rule: null, origin };
}

/** The rules of a policy in one direction; those of a NetworkPolicy of Kubernetes all allow. */
export function rulesOf(policy: TieredPolicy, direction: 'Ingress' | 'Egress'): readonly RuleInTier[] {
  const { of } = policy;
  const side = direction === 'Ingress' ? 'ingress' : 'egress';
  const decider = deciderOf(policy);
  if (of.is === 'kubernetes') return of.policy[side].map((rule) => kubernetesRule(policy, of.policy, rule, direction, decider));
  return of.policy[side].map((rule) => ({
    path: rule.path,
    action: rule.action,
    decider,
    policy,
    unclear: rule.unclear === null ? '' : ` (${rule.unclear})`,
    holds: (question, context) => ruleHolds(rule, of.policy.namespace, question, context),
  }));
}

function kubernetesRule(
  policy: TieredPolicy,
  fact: Parameters<typeof peersHold>[0],
  rule: PolicyRule,
  direction: 'Ingress' | 'Egress',
  decider: Decider,
): RuleInTier {
  const holds: RuleInTier['holds'] = (question, _, matching) => {
    const other = direction === 'Ingress' ? question.from : question.to;
    const conditions: readonly (() => Three)[] = [
      () => portsHold(rule.ports, question),
      () => peersHold(fact, rule.peers, other, matching),
    ];
    return all(conditions, (condition) => condition());
  };
  return { path: rule.path, action: 'Allow', decider, policy, unclear: '', holds };
}
