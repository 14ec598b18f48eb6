import type { NetworkPolicy, PolicyRule } from '#facts/network-policy/network-policy';
import { selects } from '#facts/label-selector';
import type { Pod } from '#facts/pod/pod';
import type { PolicyQuestion } from '../question.ts';
import { endText } from '../question.ts';
import { all, type Three } from '../three.ts';
import { allowed, alwaysAllowed, type Decider, denied, notEvaluated, type Side, unclear } from '../verdict.ts';
import { type Matching, peersHold } from './peers.ts';
import { portsHold } from './ports.ts';

type Direction = 'Ingress' | 'Egress';

/** A policy as findings name it. */
export const deciderOf = (policy: NetworkPolicy, rule: PolicyRule | null = null): Decider => ({
  policy: `NetworkPolicy ${policy.namespace}/${policy.name}`,
  rule: rule?.path ?? null,
  origin: policy.origin,
});

/** Whether a policy selects a pod for a direction. */
export function selectsPod(policy: NetworkPolicy, pod: Pod, direction: Direction): Three {
  if (policy.namespace !== pod.namespace || !policy.types.includes(direction)) return false;
  return pod.labels === undefined ? undefined : selects(policy.pods, pod.labels);
}

/**
 * What NetworkPolicies say of one direction: a pod that none selects is open; of one that some select, everything is denied but
 * what a rule of any of them allows (networking.k8s.io/v1).
 */
export function sideOf(direction: Direction, policies: readonly NetworkPolicy[], question: PolicyQuestion, matching: Matching): Side {
  const here = direction === 'Ingress' ? question.to : question.from;
  const open = openAnyhow(direction, question);
  if (open !== undefined || here.is !== 'pod') return alwaysAllowed(open ?? `${endText(here)} is no pod that policies select`);
  const selecting = policies.map((policy) => ({ policy, selected: selectsPod(policy, here.pod, direction) }));
  const sure = selecting.filter(({ selected }) => selected === true).map(({ policy }) => policy);
  const doubtful = selecting.filter(({ selected }) => selected === undefined).map(({ policy }) => policy);
  const matched = [...sure, ...doubtful].flatMap((policy) => matches(direction, policy, question, matching));
  const counts = (policy: NetworkPolicy): boolean => sure.includes(policy) || (sure.length === 0 && doubtful.length === 1);
  // of a single policy that may select the pod, a rule that allows decides: else nothing selects it
  const yes = matched.find(({ holds, policy }) => holds === true && counts(policy));
  if (yes !== undefined) return allowed(`${yes.rule.path} of ${deciderOf(yes.policy).policy} allows it`, deciderOf(yes.policy, yes.rule));
  if (sure.length === 0 && doubtful.length === 0)
    return allowed(`no NetworkPolicy selects ${endText(here)} for ${direction.toLowerCase()}`);
  const [maybe] = matched.filter(({ holds }) => holds !== false);
  if (maybe !== undefined || sure.length === 0) return inDoubt(direction, maybe?.policy ?? doubtful[0], maybe?.rule ?? null);
  return denied(denialText(direction, sure), ...sure.map((policy) => deciderOf(policy)));
}

/** What no NetworkPolicy can forbid. */
function openAnyhow(direction: Direction, { from, to }: PolicyQuestion): string | undefined {
  if (from.is === 'pod' && to.is === 'pod' && from.pod.namespace === to.pod.namespace && from.pod.name === to.pod.name) {
    return 'a pod always reaches itself';
  }
  const [here, there] = direction === 'Ingress' ? [to, from] : [from, to];
  const isOwnNode = here.is === 'pod' && there.is === 'address' && there.node !== null && there.node === here.pod.node;
  return isOwnNode ? 'the node on which a pod runs is always open to it and from it' : undefined;
}

type Matched = { readonly policy: NetworkPolicy; readonly rule: PolicyRule; readonly holds: Three };

function matches(direction: Direction, policy: NetworkPolicy, question: PolicyQuestion, matching: Matching): readonly Matched[] {
  const [rules, other] = direction === 'Ingress' ? [policy.ingress, question.from] : [policy.egress, question.to];
  return rules.map((rule) => {
    const conditions: readonly (() => Three)[] = [
      () => portsHold(rule.ports, question),
      () => peersHold(policy, rule.peers, other, matching),
    ];
    return { policy, rule, holds: all(conditions, (condition) => condition()) };
  });
}

function inDoubt(direction: Direction, policy: NetworkPolicy | undefined, rule: PolicyRule | null): Side {
  const name = policy === undefined ? 'a policy' : deciderOf(policy).policy;
  const what = rule === null ? `whether ${name} selects the pod` : `whether ${rule.path} of ${name} holds`;
  const gap = notEvaluated('network-policy', `${what} depends on what was not captured or what the API leaves to the plugin`);
  return unclear(
    `${what} cannot be told for ${direction.toLowerCase()}`,
    [gap],
    ...(policy === undefined ? [] : [deciderOf(policy, rule)]),
  );
}

function denialText(direction: Direction, policies: readonly NetworkPolicy[]): string {
  const names = policies.map((policy) => deciderOf(policy).policy);
  const rules = policies.reduce((sum, policy) => sum + (direction === 'Ingress' ? policy.ingress : policy.egress).length, 0);
  const what = rules === 0 ? 'without any rule: everything is denied' : 'and no rule of theirs allows it: the rest is denied';
  return `${names.join(' and ')} select${names.length === 1 ? 's' : ''} it for ${direction.toLowerCase()} ${names.length === 1 ? what.replace('theirs', 'it') : what}`;
}
