import { familyOf } from '#net/ip';
import { isUnread } from '#dataplane/iptables';
import type { Stack } from '#dataplane/stack';
import type { Skb } from './skb.ts';

/** The tables of iptables, of which each may hold what puts packets together. */
const TABLES = ['raw', 'mangle', 'nat', 'filter', 'security'] as const;

/**
 * Whether a packet comes in pieces that nobody puts together before it is routed: tracking does, and what looks for sockets; nothing where
 * that is not known (nf_defrag_ipv4_enable, nf_defrag_ipv6_enable).
 */
export function isInPieces({ iptables, nft }: Stack, { packet, wire }: Pick<Skb, 'packet' | 'wire'>): boolean | undefined {
  if (wire >= packet.size) return false;
  const family = familyOf(packet.destination);
  if (iptables.is === 'seen' && iptables.table.reassembles.has(family)) return false;
  if (nft.is === 'seen' && nft.table.reassembles.has(family)) return false;
  if (nft.is === 'gap' || !nft.complete || iptables.is === 'gap') return undefined;
  return TABLES.some((table) => isUnread(iptables.table, table, family)) ? undefined : true;
}
