import { setChainPolicy } from '#actions/chain-policy/preview';
import { deleteRule } from '#actions/iptables-rule/preview';
import { setNftChainPolicy } from '#actions/nft-chain-policy/preview';
import { deleteNftRule } from '#actions/nft-rule/preview';
import type { Action } from '#change/change';
import type { Scope } from '#snapshot/scope';
import type { Deadly } from '../deadly.ts';

/** Takes the one rule away that kills packets, or opens the one policy. */
export function openedRule(scope: Scope, it: Deadly): Action {
  const { position } = it;
  if (it.is === 'nft')
    return it.rule === null || position === null
      ? setNftChainPolicy(scope, it.table, it.chain.name, 'accept')
      : deleteNftRule(scope, it.table, it.chain.name, position, it.rule);
  return it.rule === null || position === null
    ? setChainPolicy(scope, it.table, it.chain.name, 'ACCEPT')
    : deleteRule(scope, it.table, it.chain.name, position, it.rule);
}
