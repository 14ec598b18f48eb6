import { familyOf } from '#net/ip';
import type { Packet } from '../packet.ts';
import type { Answer, Context, Test } from './context.ts';
import { isLaterFragment } from './fragment.ts';
import { notTold } from './not-told.ts';

const DETAIL = 'what stands behind AH is not walked, and by that ip6tables goes (net/ipv6/exthdrs_core.c ipv6_find_hdr)';

/** Matches that read the header which `-p` found. */
const READERS = new Set(['tcp', 'udp', 'udplite', 'sctp', 'dccp', 'icmp6', 'icmpv6', 'multiport', 'esp']);

/** AH of IPv6 is an extension header to ip6_tables, which skips it; nft stops there (nft_set_pktinfo_ipv6, IP6_FH_F_AUTH). */
const hides = ({ packet, backend }: Context): boolean => packet.protocol === 'ah' && familyOf(packet.source) === 6 && backend !== 'nft';

/**
 * Whether `-p` holds for what stands behind AH; nothing for any other packet. A later piece of one is dropped at once, whatever is asked, for
 * no header is found in it (net/ipv6/netfilter/ip6_tables.c ip6_packet_match, hotdrop).
 */
export function hidden(context: Context, asked: Packet['protocol'] | undefined, not: boolean): Answer | undefined {
  if (!hides(context)) return undefined;
  const isLegacy = context.backend === 'legacy';
  if (isLaterFragment(context.packet)) {
    context.hotdrop = isLegacy ? true : notTold(context, 'packet', DETAIL).gap;
    return false;
  }
  return asked === 'ah' && isLegacy ? not : notTold(context, 'packet', DETAIL);
}

/** A match of a header that is hidden: that nobody knows what it is `-p` has said already. */
export const ofShown = (name: string, test: Test): Test => (READERS.has(name) ? (context) => hides(context) || test(context) : test);
