import { lastAddress, baseOf, parseCidr } from '#net/cidr';
import { familyOf, fromBits, type Ip, toBits } from '#net/ip';
import { addressRangeOf, numberOf } from '../iptables/numbers.ts';
import type { Rewrite } from '../iptables/effect.ts';

/** Addresses that may be chosen, both included. */
export type Addresses = { readonly from: Ip; readonly to: Ip };

/** Ports that may be chosen; `base` is the port that the first of them stands for (NF_NAT_RANGE_PROTO_OFFSET). */
export type Ports = { readonly from: number; readonly to: number; readonly base: number | null };

/** The ports of a rule; `null` without any, nothing where they are not understood. */
export function portsOf({ ports }: Rewrite): Ports | null | undefined {
  if (ports === null) return null;
  const [range = '', shift] = ports.split('/');
  const [low = '', high = low] = range.split('-');
  const [from, to] = [numberOf(low), numberOf(high)];
  const base = shift === undefined ? null : numberOf(shift);
  if (from === undefined || to === undefined || base === undefined) return undefined;
  return { from: Math.min(from, to), to: Math.max(from, to), base };
}

/** The addresses that a rule gives. */
export function addressesOf({ addresses }: Rewrite): Addresses | undefined {
  const [text = ''] = addresses;
  const prefix = text.includes('/') ? parseCidr(text) : undefined;
  return prefix === undefined ? addressRangeOf(text) : { from: baseOf(prefix), to: lastAddress(prefix) };
}

/**
 * An address whose network part is replaced: the bits in which the first and the last address of the range differ stay
 * (net/netfilter/xt_NETMAP.c netmap_tg4, netmap_tg6, nft_nat.c nft_nat_setup_netmap).
 */
export function mappedTo(rewrite: Rewrite, address: Ip): Ip | undefined {
  const range = addressesOf(rewrite);
  if (range === undefined || familyOf(range.from) !== familyOf(address)) return undefined;
  const [from, host] = [toBits(range.from), toBits(range.from) ^ toBits(range.to)];
  return fromBits((from & ~host) | (toBits(address) & host), familyOf(address));
}
