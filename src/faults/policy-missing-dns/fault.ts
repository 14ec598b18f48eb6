import { defineFault } from '#engine/fault';
import { type Denied, denialsOf, namedPolicies } from '#engine/policy/denials';
import { takesNames } from '#engine/policy/lookups';
import { policySubjects } from '#engine/policy/subjects';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { View } from '#engine/view';
import { placedText } from '#facts/iptables/deadly';
import { endText } from '#policy/question';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

type Policy = Extract<Subject, { kind: 'policy' }>;

/** The lookups that a policy stops by oversight. */
const lookups = (view: View, { policy }: Policy): readonly Denied[] =>
  denialsOf(view).denied.filter((one) => one.side.by[0]?.policy === policy && takesNames(view.facts, one));

function foundOf(policy: string, denied: readonly [Denied, ...Denied[]]): Found {
  const [{ question, program, scope, placed, by }] = denied;
  return {
    policy,
    pod: endText(question.from),
    server: endText(question.to),
    protocols: [...new Set(denied.map((one) => one.question.protocol))],
    program,
    node: scope.node,
    by: placed === undefined ? by.key : placedText(placed),
  };
}

function ruling(subject: Policy, view: View): Ruling<Found> {
  const [first, ...others] = lookups(view, subject);
  if (first !== undefined) return found(foundOf(subject.policy, [first, ...others]), [...first.side.by.slice(0, 3), first.by]);
  const { gaps } = denialsOf(view);
  return gaps.length > 0 ? unknown(...gaps) : absent(namedPolicies(view.facts).filter(({ policy }) => policy === subject.policy));
}

/** A policy that lets pods send some things and forgets that they must ask for names first. */
export default defineFault<Policy, Found>({
  id: 'policy-missing-dns',
  is: {
    en: 'a policy lets pods send, and forgets that they must ask for names first',
    zh: '策略放行了出向流量，却没有放行 DNS',
  },
  area: 'dns',
  severity: 'error',
  needs: ['network-policy', 'calico-policy', 'pod', 'kubernetes-namespace', 'service', 'iptables', 'nft'],
  lookAlikes: ['policy-denies', 'host-firewall-rule', 'service-endpoint-dead', 'pod-firewall-rule'],
  subjects: policySubjects,
  judge: ruling,
  texts: text,
  fix: (subject, _, view) => {
    const [first, ...others] = lookups(view, subject);
    if (first === undefined) throw new Error(`${subject.policy} stops no lookup`);
    return fix(view.facts, [first, ...others]);
  },
});
