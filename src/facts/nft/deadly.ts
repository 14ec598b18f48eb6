import type { Origin } from '#snapshot/origin';
import { type Placed, placedAt } from '../placed.ts';
import type { NftChain, NftRule, NftTable } from './nft.ts';

/** A rule of a native table with its place, or (without a rule) the policy of a base chain. */
export type PlacedNftRule = Placed<NftTable, NftChain, NftRule>;

/** The rule or policy that was read at this place. */
export const nftRuleAt = (tables: readonly NftTable[], origin: Origin): PlacedNftRule | undefined =>
  placedAt(tables, origin, ({ base }) => base?.policy === 'drop');

/** The rule as a person reads it: its chain, and what it says. */
export const placedNftText = ({ chain, rule }: PlacedNftRule): string =>
  `${chain.name}: ${rule === null ? `policy ${chain.base?.policy ?? ''}` : (rule.text ?? rule.comment ?? 'a rule')}`;
