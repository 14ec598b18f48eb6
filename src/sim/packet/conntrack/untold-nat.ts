import type { Stack } from '#dataplane/stack';
import { familyOf } from '#net/ip';
import { type Connection, isCaptured, type Nat, natOf } from './connection.ts';

/** Why nobody knows which end of a captured connection counts as rewritten. */
export const UNTOLD_NAT = 'which end of a captured connection counts as rewritten its tuples do not tell: of its id, or by `dnat prefix`';

/**
 * Of which ends the tuples of a captured connection do not tell whether they count as rewritten; no list shows the bits.
 * - The id of messages is given anew on the way out and, where another connection has it, on the way in, which counts as the destination
 *   (nf_nat_l4proto_unique_tuple).
 * - `dnat prefix` to where a packet goes already compares what stood on the stack of the kernel (nft_nat_setup_netmap, nf_nat_setup_info).
 */
export function untoldNat({ nft }: Stack, connection: Connection): Nat {
  const { protocol, original, reply, nat } = connection;
  if (!isCaptured(connection) || nat !== undefined) return ALL_TOLD;
  const known = natOf(connection);
  const isIcmp = protocol === 'icmp' || protocol === 'icmpv6';
  const isIdNew = isIcmp && original.sourcePort !== reply.sourcePort;
  const isMapped = familyOf(original.source) === 4 && nft.is === 'seen' && nft.table.mapsNetworks;
  return {
    source: isIdNew && original.source === reply.destination,
    destination: !known.destination && (isIdNew || isMapped),
  };
}

const ALL_TOLD: Nat = { source: false, destination: false };
