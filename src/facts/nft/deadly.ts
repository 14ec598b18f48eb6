import { type Origin, sameOrigin } from '#snapshot/origin';
import type { NftChain, NftRule, NftTable } from './nft.ts';

/** A rule of a native table with its place, or (without a rule) the policy of a base chain. */
export type PlacedNftRule = {
  readonly table: NftTable;
  readonly chain: NftChain;
  readonly rule: NftRule | null;
  /** From 1, in the order in which rules are asked. */
  readonly position: number | null;
};

/** The rule or policy that was read at this place. */
export function nftRuleAt(tables: readonly NftTable[], origin: Origin): PlacedNftRule | undefined {
  for (const table of tables) {
    for (const chain of table.chains) {
      const at = chain.rules.findIndex((rule) => sameOrigin(rule.origin, origin));
      const rule = chain.rules[at];
      if (rule !== undefined) return { table, chain, rule, position: at + 1 };
      if (chain.base?.policy === 'drop' && sameOrigin(chain.origin, origin)) return { table, chain, rule: null, position: null };
    }
  }
  return undefined;
}

/** The rule as a person reads it: its chain, and what it says. */
export const placedNftText = ({ chain, rule }: PlacedNftRule): string =>
  `${chain.name}: ${rule === null ? `policy ${chain.base?.policy ?? ''}` : (rule.text ?? rule.comment ?? 'a rule')}`;
