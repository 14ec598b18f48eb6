import type { Matching } from '../network-policy/peers.ts';
import { endText, type PolicyEnd, type PolicyQuestion } from '../question.ts';
import type { Three } from '../three.ts';
import { allowed, alwaysAllowed, type Decider, denied, notEvaluated, notTold, type Side, unclear } from '../verdict.ts';
import { applies } from './applies.ts';
import type { CalicoContext } from './context.ts';
import type { TieredPolicy } from './converted.ts';
import { forwardDoubt, hostDoubt } from './host-endpoints.ts';
import { deciderOf, type RuleInTier, rulesOf } from './rules.ts';
import { type Tier, tierings } from './tiers.ts';

type Direction = 'Ingress' | 'Egress';

/** What Calico's policies, those of Kubernetes among them, say of one direction. */
export function calicoSide(
  direction: Direction,
  policies: readonly TieredPolicy[],
  question: PolicyQuestion,
  context: CalicoContext,
  matching: Matching,
): Side {
  const { from, to } = question;
  const [here, other] = direction === 'Ingress' ? [to, from] : [from, to];
  if (here.is !== 'pod') return hostSide(here, policies, context);
  // felix lets a node reach its own pods in OUTPUT, before any policy
  if (direction === 'Ingress' && other.is === 'address' && other.node !== null && other.node === here.pod.node) {
    return alwaysAllowed('a node always reaches its own pods');
  }
  if (other.is === 'pod' && other.pod === here.pod) return alwaysAllowed('a pod always reaches itself');
  const applying = policies.map((policy) => ({ policy, applies: applies(policy, here.pod, direction, context) }));
  const doubtful = applying.find((one) => one.applies === undefined);
  if (doubtful !== undefined) return inDoubt(`whether ${deciderOf(doubtful.policy).policy} selects ${endText(here)}`, doubtful.policy);
  const none = `no policy selects ${endText(here)} for ${direction.toLowerCase()}`;
  const walk = (rule: RuleInTier): Three => rule.holds(question, context, matching);
  const selecting = applying.filter((one) => one.applies === true).map(({ policy }) => policy);
  const side = sameOf(tierings(context.facts, selecting).map((tiers) => tierAt(0, tiers, direction, walk, none)));
  // a host endpoint can take away what the pod's own policies allow
  const doubt = side.is === 'allowed' ? forwardDoubt(here, other, policies, context) : null;
  return doubt === null ? side : unclear(`${doubt.detail}: ${side.says}`, [doubt], ...side.by);
}

/** A node, or somebody outside: no policy selects it, unless it is a HostEndpoint. */
function hostSide(here: PolicyEnd & { readonly is: 'address' }, policies: readonly TieredPolicy[], context: CalicoContext): Side {
  const doubt = hostDoubt(here, policies, context);
  return doubt === null ? alwaysAllowed(`${endText(here)} is no pod that policies select`) : unclear(doubt.detail, [doubt]);
}

/** What all tierings say, if they say the same; none were tried where they are too many. */
function sameOf(sides: readonly Side[]): Side {
  const [first] = sides;
  if (first !== undefined && sides.every(({ is }) => is === first.is)) return first;
  const gap = notTold('calico-tier', 'not all tiers of the cluster were listed', 'kubectl get tiers.crd.projectcalico.org -o json');
  return first === undefined ? unclear(gap.detail, [gap]) : unclear(`${gap.detail}: ${first.says}`, [gap], ...first.by);
}

type Walk = (rule: RuleInTier) => Three;

function tierAt(index: number, tiers: readonly Tier[], direction: Direction, walk: Walk, none: string): Side {
  const tier = tiers[index];
  // behind the last tier stand the profiles of namespaces, which allow everything
  if (tier === undefined) return allowed(index === 0 ? none : 'every tier passes it on, and what no policy decides is allowed');
  const rules = tier.policies.flatMap((policy) => rulesOf(policy, direction));
  let next: Side | undefined;
  const pass = (): Side => {
    next ??= tierAt(index + 1, tiers, direction, walk, none);
    return next;
  };
  return ruleAt(0, rules, tier, walk, pass);
}

function ruleAt(from: number, rules: readonly RuleInTier[], tier: Tier, walk: Walk, pass: () => Side): Side {
  for (let at = from; at < rules.length; at++) {
    const rule = rules[at];
    if (rule === undefined || rule.action === 'Log') continue;
    const holds = walk(rule);
    if (holds === false) continue;
    const acted = actionOf(rule, pass);
    if (holds) return acted;
    // it matters only where the rules behind it would say something else
    const otherwise = ruleAt(at + 1, rules, tier, walk, pass);
    return otherwise.is === acted.is
      ? otherwise
      : inDoubt(`whether ${rule.path} of ${rule.decider.policy} holds${rule.unclear}`, rule.policy, rule.path);
  }
  if (tier.defaultAction === 'Pass') return pass();
  const deciders = tier.policies.map((policy) => deciderOf(policy));
  const names = deciders.map(({ policy }) => policy).join(' and ');
  return denied(`${names} of tier ${tier.name} select it, and no rule there names it: the tier denies the rest`, ...deciders);
}

function actionOf({ action, path, decider }: RuleInTier, pass: () => Side): Side {
  const by: Decider = { ...decider, rule: path };
  if (action === 'Allow') return allowed(`${path} of ${decider.policy} allows it`, by);
  if (action === 'Deny') return denied(`${path} of ${decider.policy} denies it`, by);
  const next = pass();
  return { ...next, says: `${path} of ${decider.policy} passes it on: ${next.says}`, by: [by, ...next.by] };
}

function inDoubt(what: string, policy: TieredPolicy, path: string | null = null): Side {
  const gap = notEvaluated('calico-policy', `${what} depends on what was not captured or is not evaluated`);
  return unclear(`${what} cannot be told`, [gap], { ...deciderOf(policy), rule: path });
}
