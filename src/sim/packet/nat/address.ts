import { familyOf, fromBits, type Ip, toBits } from '#net/ip';
import type { Tuple } from '../conntrack/connection.ts';
import { jhash2, reciprocalScale, swapped, wordsOf } from '../jhash.ts';
import type { Addresses } from './range.ts';

const HASHED_WORDS = 4;
const ALL = 0xffffffff;

/**
 * The address of a range that a connection gets: a hash of its ends, so that the same client is seen with the same address
 * (net/netfilter/nf_nat_core.c find_best_ips_proto). Computed as on a little-endian machine.
 */
export function addressFor(tuple: Tuple, what: 'source' | 'destination', range: Addresses, zone: number, persistent: boolean): Ip {
  if (range.from === range.to) return range.from;
  const source = wordsOf(tuple.source);
  const destination = wordsOf(tuple.destination);
  const padded = [...source, 0, 0, 0].slice(0, HASHED_WORDS);
  let hash = jhash2(padded, persistent ? 0 : ((destination.at(-1) ?? 0) ^ zone) >>> 0);
  const low = wordsOf(range.from).map(swapped);
  const high = wordsOf(range.to).map(swapped);
  let full = false;
  let bits = 0n;
  for (const [at, least] of low.entries()) {
    const most = high[at] ?? 0;
    const chosen = full ? reciprocalScale(hash, ALL) : (least + reciprocalScale(hash, most - least + 1)) >>> 0;
    bits = (bits << 32n) | BigInt(chosen);
    if (chosen !== most) full = true;
    // a destination is overwritten word by word, and mixed in as it then is
    if (!persistent) hash = (hash ^ (what === 'destination' ? swapped(chosen) : (destination[at] ?? 0))) >>> 0;
  }
  return fromBits(bits, familyOf(range.from));
}

/** Whether an address lies in a range. */
export const isIn = (address: Ip, { from, to }: Addresses): boolean => {
  const bits = toBits(address);
  return familyOf(address) === familyOf(from) && bits >= toBits(from) && bits <= toBits(to);
};
