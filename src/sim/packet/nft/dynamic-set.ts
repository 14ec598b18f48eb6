import type { NftStatement } from '#facts/nft/nft';
import type { NftContext } from './context.ts';
import { evaluate } from './evaluate.ts';
import { nameOf, UNKNOWN } from './noted-element.ts';
import { isGap } from './value.ts';

type Change = Extract<NftStatement, { does: 'element' }>;

/** A packet puts its own key into a set, or takes it out (net/netfilter/nft_dynset.c nft_dynset_eval): later ones find it so. */
export function changeSet(context: NftContext, { op, set, key }: Change): 'go on' | 'break' {
  const values = evaluate(context, key);
  if (values === 'break') return 'break';
  context.run.notes.keepElement(nameOf(context, set, key, isGap(values) ? UNKNOWN : values), op === 'delete' ? 'out' : 'in');
  return 'go on';
}
