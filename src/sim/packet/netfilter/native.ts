import type { NftTables } from '#dataplane/nft';
import type { Gap } from '#snapshot/gap';
import { type End, unknown } from '../next.ts';
import { placeText, type Run } from '../run.ts';
import type { Skb } from '../skb.ts';

/** The native tables that were read; where others may be, the packet's way is asked without and ends unknown with them. */
export function nativeTables(run: Run, skb: Skb, device: string | null): { readonly tables: NftTables | null } | End {
  const { nft } = skb.stack;
  const gap = gapOf(skb);
  if (gap !== undefined && mayBeThere(run, skb, gap)) return unknown(skb, gap, [], device);
  return { tables: nft.is === 'seen' ? nft.table : null };
}

/** Why it is not known what native tables there are. */
function gapOf({ stack }: Skb): Gap | undefined {
  const { nft } = stack;
  if (nft.is === 'gap') return nft.gap;
  if (nft.complete) return undefined;
  return {
    of: 'nft',
    scope: stack.scope,
    why: 'not collected',
    detail: 'the tables of nft were read only in part',
    capture: 'nft -a list ruleset',
  };
}

function mayBeThere(run: Run, { stack }: Skb, gap: Gap): boolean {
  const options = [
    { name: 'none that matters', probability: null },
    { name: 'some', probability: null },
  ];
  const at = `${placeText(stack)} native tables of nft`;
  return run.pick({ at, of: 'tables not seen', scope: 'connection', options, because: { gap, by: [] } }) === 1;
}
