import type { Compile } from '../context.ts';
import { isLaterFragment } from '../fragment.ts';
import { notTold } from '../not-told.ts';
import { rangeOf, within } from '../numbers.ts';

/** `-m tcpmss --mss` (net/netfilter/xt_tcpmss.c tcpmss_mt): without the option in the packet only the negated form holds. */
export const tcpmss: Compile = (options) => {
  const option = options.get('mss');
  const range = option === undefined ? undefined : rangeOf(option.value);
  if (option === undefined || range === undefined) return undefined;
  return (context) => {
    const { tcp, protocol } = context.packet;
    if (protocol === 'tcp' && isLaterFragment(context.packet)) return notTold(context, 'packet', PIECE);
    if (tcp === null) return false;
    if (tcp.mss !== undefined) return within(tcp.mss, range) !== option.not;
    // neither what is larger nor what has no such option is in a range above
    if (tcp.mssAtMost !== undefined && range[0] > tcp.mssAtMost) return option.not;
    return tcp.syn ? notTold(context, 'packet', 'the MSS that the sender offers is not known') : option.not;
  };
};

const PIECE =
  'a later piece is read as if it began with a header of TCP, and dropped where that makes no sense (net/netfilter/xt_tcpmss.c)';
