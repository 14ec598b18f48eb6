import type { CalicoIcmp, CalicoRule } from '#facts/calico-policy/calico-policy';
import { familyOf } from '#net/ip';
import { entryOf } from '#net/entry';
import type { PolicyQuestion } from '../question.ts';
import { all, not, type Three } from '../three.ts';
import type { CalicoContext } from './context.ts';
import { entityHolds } from './entity.ts';

/** The numbers of protocols that rules may name by number (IANA). */
const NUMBERS: Readonly<Record<string, string>> = { 1: 'ICMP', 6: 'TCP', 17: 'UDP', 58: 'ICMPV6', 132: 'SCTP' };

/** The echo request, with which a question about ICMP is asked. */
const ECHO = { 4: 8, 6: 128 } as const;

/** Whether a rule holds for a question. */
export function ruleHolds(rule: CalicoRule, namespace: string | null, question: PolicyQuestion, context: CalicoContext): Three {
  const family = familyOf(question.to.address);
  const conditions: readonly (() => Three)[] = [
    () => rule.ipVersion === null || rule.ipVersion === family,
    () => rule.protocol === null || isProtocol(rule.protocol, question, family),
    () => rule.notProtocol === null || !isProtocol(rule.notProtocol, question, family),
    () => rule.icmp === null || isIcmp(rule.icmp, question, family),
    () => rule.notIcmp === null || not(isIcmp(rule.notIcmp, question, family)),
    () => entityHolds(rule.source, { role: 'source', namespace }, question, context),
    () => entityHolds(rule.destination, { role: 'destination', namespace }, question, context),
    () => (rule.unclear === null ? true : undefined),
  ];
  return all(conditions, (condition) => condition());
}

function isProtocol(wanted: string, { protocol }: PolicyQuestion, family: 4 | 6): boolean {
  const own = protocol === 'ICMP' && family === 6 ? 'ICMPV6' : protocol;
  return (entryOf(NUMBERS, wanted) ?? wanted) === own;
}

const isIcmp = ({ type, code }: CalicoIcmp, { protocol }: PolicyQuestion, family: 4 | 6): boolean =>
  protocol === 'ICMP' && (type === null || type === ECHO[family]) && (code === null || code === 0);
