import { type Origin, sameOrigin } from '#snapshot/origin';
import type { IptablesChain, IptablesRule, IptablesTable } from './iptables.ts';

/** A rule with its place, or (without a rule) the policy of a chain. */
export type PlacedRule = {
  readonly table: IptablesTable;
  readonly chain: IptablesChain;
  readonly rule: IptablesRule | null;
  /** From 1, as iptables counts. */
  readonly position: number | null;
};

/** The rule or policy that was read at this place. */
export function ruleAt(tables: readonly IptablesTable[], origin: Origin): PlacedRule | undefined {
  for (const table of tables) {
    for (const chain of table.chains) {
      const at = chain.rules.findIndex((rule) => sameOrigin(rule.origin, origin));
      const rule = chain.rules[at];
      if (rule !== undefined) return { table, chain, rule, position: at + 1 };
      if (chain.policy === 'DROP' && sameOrigin(chain.origin, origin)) return { table, chain, rule: null, position: null };
    }
  }
  return undefined;
}

/** The rule as a person reads it. */
export const placedText = ({ chain, rule }: PlacedRule): string => rule?.text ?? `-P ${chain.name} ${chain.policy ?? ''}`;
