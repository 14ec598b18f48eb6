import { defineFault } from '#engine/fault';
import { policiesBehindEmpty } from '#engine/policy/behind-empty';
import { type Denied, denialsOf, namedPolicies } from '#engine/policy/denials';
import { policySubjects } from '#engine/policy/subjects';
import { takesNames } from '#engine/policy/lookups';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { View } from '#engine/view';
import { placedText } from '#facts/iptables/deadly';
import { endText } from '#policy/question';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

type Policy = Extract<Subject, { kind: 'policy' }>;

/** What a policy denies of what fails, and is meant to; between pods and with a port first, for that says the most. */
const meant = (view: View, { policy }: Policy): readonly Denied[] =>
  denialsOf(view)
    .denied.filter((one) => one.side.by[0]?.policy === policy && !takesNames(view.facts, one))
    .toSorted((one, other) => vagueness(one) - vagueness(other));

const vagueness = ({ question: { from, to, port } }: Denied): number =>
  [port === null, from.is !== 'pod', to.is !== 'pod'].filter((isVague) => isVague).length;

function foundOf([first, ...others]: readonly [Denied, ...Denied[]]): Found {
  const { question, side, direction, program, placed, scope, by } = first;
  const [decider] = side.by;
  return {
    policy: decider?.policy ?? '',
    rule: decider?.rule ?? null,
    direction,
    from: endText(question.from),
    to: endText(question.to),
    what: question.port === null ? question.protocol : `${question.protocol} ${question.port}`,
    others: others.length,
    says: side.says,
    program,
    node: scope.node,
    by: placed === undefined ? by.key : placedText(placed),
  };
}

function ruling(subject: Policy, view: View): Ruling<Found> {
  const [first, ...others] = meant(view, subject);
  if (first !== undefined) return found(foundOf([first, ...others]), [...first.side.by.slice(0, 3), first.by]);
  const { gaps } = denialsOf(view);
  if (gaps.length > 0) return unknown(...gaps);
  // hidden behind the Service whose pods are not ready
  if (policiesBehindEmpty(view.facts).has(subject.policy)) return unknown();
  return absent(namedPolicies(view.facts).filter(({ policy }) => policy === subject.policy));
}

/** A connection that fails because a policy says so: intended, and named so that nobody looks for a fault. */
export default defineFault<Policy, Found>({
  id: 'policy-denies',
  is: {
    en: 'a policy forbids the connection: intended, no fault',
    zh: '策略按设计拒绝该连接，并非故障',
  },
  area: 'pod',
  severity: 'warning',
  needs: ['network-policy', 'calico-policy', 'pod', 'kubernetes-namespace', 'iptables', 'nft'],
  lookAlikes: ['policy-missing-dns', 'host-firewall-rule', 'service-endpoint-dead', 'pod-firewall-rule', 'forward-policy-drop'],
  subjects: policySubjects,
  judge: ruling,
  texts: text,
  fix: (subject, _, view) => {
    const [first, ...others] = meant(view, subject);
    if (first === undefined) throw new Error(`${subject.policy} denies nothing that fails`);
    return fix(view.facts, [first, ...others]);
  },
});
