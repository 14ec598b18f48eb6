import { setChainPolicy } from '#actions/chain-policy/preview';
import { deleteRule } from '#actions/iptables-rule/preview';
import type { Action } from '#change/change';
import type { PlacedRule } from '#facts/iptables/deadly';
import type { Scope } from '#snapshot/scope';

/** Takes the one rule away that kills packets, or opens the one policy. */
export const openedRule = (scope: Scope, { table, chain, rule, position }: PlacedRule): Action =>
  rule === null || position === null
    ? setChainPolicy(scope, table, chain.name, 'ACCEPT')
    : deleteRule(scope, table, chain.name, position, rule);
