import type { Facts } from '#facts/facts';
import type { Origin } from '#snapshot/origin';
import { chainOwned, ruleOwned } from './iptables.ts';
import { nftOwned } from './nft.ts';
import type { Owned } from './owned.ts';
import { type Placed, placedAt } from './place.ts';
import { plainOwned } from './plain.ts';
import { memberOwned } from './set-member.ts';

/**
 * Whose everything is that was read at a place: which program made it, and what of Kubernetes stands behind it. Of a line inside
 * of an nftables set or chain, `words` (what stands there) tell which elements are meant.
 */
export const ownersAt = (facts: Facts, where: Origin, words = ''): readonly Owned[] =>
  placedAt(facts, where, words).map((placed) => ownedOf(facts, placed));

function ownedOf(facts: Facts, placed: Placed): Owned {
  switch (placed.is) {
    case 'iptables rule':
      return ruleOwned(facts, placed);
    case 'iptables chain':
      return chainOwned(facts, placed);
    case 'nft rule':
    case 'nft chain':
    case 'nft set':
    case 'nft table':
      return nftOwned(facts, placed);
    case 'ipset member':
      return memberOwned(facts, placed.set, placed.member, placed.origin);
    case 'fact':
      return plainOwned(facts, placed);
  }
}
