import type { Stack } from '#dataplane/stack';
import { familyOf } from '#net/ip';
import { type Connection, natOf } from './connection.ts';

/** Why nobody knows whether the destination of a captured connection counts as rewritten. */
export const UNTOLD_NAT = 'whether a captured connection that kept its destination counts as rewritten by `dnat prefix` is not told';

/**
 * Whether it may have IPS_DST_NAT although its tuples show none: `dnat prefix` to where a packet goes already compares what stood on the stack
 * of the kernel (nft_nat_setup_netmap, nf_nat_setup_info), and no list shows the bit.
 */
export function isNatUntold({ nft }: Stack, connection: Connection): boolean {
  if (connection.captured === null && connection.wasCaptured !== true) return false;
  if (familyOf(connection.original.source) !== 4 || natOf(connection).destination) return false;
  return nft.is === 'seen' && nft.table.mapsNetworks;
}
