import type { Link } from '#facts/link/link';
import { BROADCAST_MAC, isGroupMac } from '#net/mac';
import type { Skb } from '../skb.ts';

/** For whom a frame is (net/ethernet/eth.c eth_type_trans). A device whose address was not read is taken as meant. */
export function castOf({ frame }: Skb, link: Link): Skb['cast'] {
  if (frame === null) return 'host';
  if (frame.to === BROADCAST_MAC) return 'broadcast';
  if (isGroupMac(frame.to)) return 'multicast';
  return link.mac === undefined || link.mac === null || link.mac === frame.to ? 'host' : 'otherhost';
}
