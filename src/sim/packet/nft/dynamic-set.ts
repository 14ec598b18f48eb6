import type { NftStatement } from '#facts/nft/nft';
import type { NftContext } from './context.ts';
import { evaluate } from './evaluate.ts';
import { readKey } from './key.ts';
import { nameOf } from './noted-element.ts';

type Change = Extract<NftStatement, { does: 'element' }>;

/** A packet puts its own key into a set, or takes it out (net/netfilter/nft_dynset.c nft_dynset_eval): later ones find it so. */
export function changeSet(context: NftContext, { op, set, key }: Change): 'go on' | 'break' {
  const parts = readKey(context, key, evaluate);
  if (parts === 'break') return 'break';
  context.run.notes.keepElement(nameOf(context, set, parts), op === 'delete' ? 'out' : 'in');
  return 'go on';
}
