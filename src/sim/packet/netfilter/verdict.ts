import { originText } from '#snapshot/origin';
import type { Verdict } from '../iptables/verdict.ts';
import { type End, end, unknown } from '../next.ts';
import type { Skb } from '../skb.ts';
import { type At, deviceOf } from './place.ts';
import { rejected } from './reject.ts';

/** Nothing but an accepting policy was met: not worth a step. */
export const isTrivial = ({ is, by, counted, mayCount }: Verdict): boolean =>
  is === 'accept' && by.length === 0 && counted.length <= 1 && mayCount.length === 0;

/** What was decided, in words. */
export function sentence(verdict: Verdict): string {
  switch (verdict.is) {
    case 'accept':
      return verdict.way.includes('policy') ? verdict.way : `${verdict.way}: ACCEPT`;
    case 'drop':
      return verdict.way.includes('policy') ? verdict.way : `${verdict.way}: DROP`;
    case 'reject':
      return `${verdict.way}: REJECT with ${verdict.with}`;
    case 'unheard':
      return `${verdict.way}: ${verdict.says}`;
    case 'rewrite':
      return `${verdict.way}: rewrites the ${verdict.rewrite.what}`;
    case 'looped':
      return `${verdict.way}: the chains lead in circles: ${verdict.chains.join(' → ')}`;
    case 'unknown':
      return `${verdict.way}: ${verdict.gap.detail}`;
  }
}

/** The end that a verdict means. */
export function ended(skb: Skb, at: At, verdict: Verdict): End | undefined {
  const device = deviceOf(at);
  const decisive = verdict.by.slice(-1);
  if (verdict.is === 'unknown') return unknown(skb, verdict.gap, decisive, device);
  if (verdict.is === 'reject') return rejected(skb, at.hook, verdict.with, decisive, device);
  if (verdict.is === 'looped') return circling(skb, verdict, device);
  if (verdict.is !== 'drop' && verdict.is !== 'unheard') return undefined;
  // what no program takes is lost for no reason that the kernel would name (nf_queue)
  const code = verdict.is === 'drop' ? 'NETFILTER_DROP' : 'NOT_SPECIFIED';
  const where = decisive[0] === undefined ? '' : ` (${originText(decisive[0].origin)})`;
  return end(skb, { disposition: 'dropped', code, says: `${sentence(verdict)}${where}`, by: decisive, device });
}

/** No kernel takes tables whose chains lead in circles (mark_source_chains, nft_chain_validate): a file may hold them still. */
export const circling = (skb: Skb, verdict: Verdict & { readonly is: 'looped' }, device: string | null): End =>
  end(skb, { disposition: 'looped', code: 'NETFILTER_DROP', says: sentence(verdict), by: verdict.by, device });
