import type { Rule } from './rule.ts';

type Sign = readonly [is: (rule: Rule) => boolean, owner: string];

const lookups = (rule: Rule, table: string): boolean => rule.action.does === 'lookup' && rule.action.table === table;

/** By which tables, marks and priorities programs make themselves known. */
const SIGNS: readonly Sign[] = [
  // wgengine/router/osrouter: priorities 5210 to 5270, table 52
  [(rule) => rule.priority >= 5200 && rule.priority < 5300 && (lookups(rule, '52') || (rule.mark ?? null) !== null), 'Tailscale'],
  // wg-quick takes its listening port, usually 51820, for both its mark and its table
  [(rule) => rule.not === true && rule.action.does === 'lookup' && rule.action.table === String(rule.mark?.value), 'wg-quick'],
  // charon's routing_table and routing_table_prio
  [(rule) => rule.priority === 220 && lookups(rule, '220'), 'strongSwan'],
  [(rule) => lookups(rule, '2004') || lookups(rule, '2005'), 'Cilium'],
];

/** The program that makes rules like this one, or nothing: then a person, a cloud's agent or an unknown program made it. */
export const policyRuleOwner = (rule: Rule): string | null => SIGNS.find(([is]) => is(rule))?.[1] ?? null;
