import type { Origin } from '#snapshot/origin';
import { type Placed, placedAt } from '../placed.ts';
import type { IptablesChain, IptablesRule, IptablesTable } from './iptables.ts';

/** A rule with its place, as iptables counts, or (without a rule) the policy of a chain. */
export type PlacedRule = Placed<IptablesTable, IptablesChain, IptablesRule>;

/** The rule or policy that was read at this place. */
export const ruleAt = (tables: readonly IptablesTable[], origin: Origin): PlacedRule | undefined =>
  placedAt(tables, origin, ({ policy }) => policy === 'DROP');

/** The rule as a person reads it. */
export const placedText = ({ chain, rule }: PlacedRule): string => rule?.text ?? `-P ${chain.name} ${chain.policy ?? ''}`;
