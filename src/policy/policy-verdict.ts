import type { Facts } from '#facts/facts';
import { withAdmin } from './admin/side.ts';
import { calicoSide } from './calico/side.ts';
import { sideOf } from './network-policy/side.ts';
import { type Policies, policiesOf } from './policies.ts';
import type { PolicyQuestion } from './question.ts';
import { notEvaluated, type PolicyVerdict, type Side, unclear, verdictOf } from './verdict.ts';

/** What the policies of a cluster say of a connection, whether anybody enforces them or not (`policiesOf(facts).enforcer`). */
export function policyVerdict(facts: Facts, question: PolicyQuestion): PolicyVerdict {
  const policies = policiesOf(facts);
  return verdictOf(sureOf('Egress', policies, question), sureOf('Ingress', policies, question));
}

type Direction = 'Ingress' | 'Egress';

/** One side: what NetworkPolicies say, administrators' policies around them, doubted where a policy that is not evaluated may change it. */
function sureOf(direction: Direction, policies: Policies, question: PolicyQuestion): Side {
  const own = sureOwn(direction, policies, question);
  const here = direction === 'Ingress' ? question.to : question.from;
  if (here.is !== 'pod') return own;
  const side = policies.tiered === null ? withAdmin(direction, policies.admin, question, own) : own;
  const [tiered] = policies.tiered === null ? [] : policies.admin.policies;
  const foreign = policies.foreignIn(here.pod.namespace) ?? (tiered === undefined ? undefined : { ...tiered, namespace: null });
  if (foreign === undefined || side.always === true) return side;
  const name = `${foreign.kind} ${foreign.namespace === null ? '' : `${foreign.namespace}/`}${foreign.name}`;
  const gap = notEvaluated('foreign-policy', `${name} may decide before or after NetworkPolicies and is not evaluated`);
  return unclear(gap.detail, [gap], ...side.by);
}

/** What NetworkPolicies say, or Calico's; doubted where something that could change it was not read. */
function sureOwn(direction: Direction, policies: Policies, question: PolicyQuestion): Side {
  const side = evaluated(direction, policies, question);
  const here = direction === 'Ingress' ? question.to : question.from;
  const [gap] = policies.gaps;
  // of NetworkPolicies of Kubernetes one that allows is enough: others can take nothing away
  const isCertain = policies.tiered === null && side.is === 'allowed' && side.by.length > 0;
  if (here.is !== 'pod' || gap === undefined || side.is === 'unknown' || isCertain || side.always === true) return side;
  return unclear(`${gap.detail}: ${side.says}`, [gap], ...side.by);
}

function evaluated(direction: Direction, policies: Policies, question: PolicyQuestion): Side {
  const { tiered, context, matching, byNamespace, enforcer } = policies;
  if (tiered !== null) return calicoSide(direction, tiered, question, context, matching);
  const here = direction === 'Ingress' ? question.to : question.from;
  const own = here.is === 'pod' ? (byNamespace.get(here.pod.namespace) ?? []) : [];
  const side = sideOf(direction, own, question, matching);
  if (side.is !== 'denied' || question.protocol !== 'ICMP' || enforcer.is === 'enforced') return side;
  const gap = notEvaluated('network-policy', 'the API leaves ICMP to the plugin, and which one enforces policies here is not known');
  return unclear(gap.detail, [gap], ...side.by);
}
