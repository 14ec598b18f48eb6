import type { Facts } from '#facts/facts';
import type { Ipset, IpsetMember, IpsetPart } from '#facts/ipset/ipset';
import type { Origin } from '#snapshot/origin';
import { baseOf } from '#net/cidr';
import { behindAddress, behindPrefix } from './behind-address.ts';
import { distinct } from './iptables.ts';
import { programOfSet } from './names.ts';
import type { Owned } from './owned.ts';

/** Whose an element of a set is: its set's program; and who has the addresses in it. */
export function memberOwned(facts: Facts, set: Ipset, { parts }: IpsetMember, origin: Origin): Owned {
  const owner = programOfSet(set.name);
  const nets = parts.flatMap((part) => (part.is === 'net' ? [part.value] : []));
  return {
    what: `element of the set ${set.name}`,
    text: parts.map(partText).join(','),
    origin,
    owner,
    because: owner === null ? `no program is known to make a set ${set.name}` : `${owner} makes the set ${set.name}`,
    behind: distinct(nets.flatMap((net) => [...behindPrefix(facts, net), ...behindAddress(facts, baseOf(net))])),
    gaps: [],
  };
}

function partText(part: IpsetPart): string {
  switch (part.is) {
    case 'net':
      return part.value.replace(/\/(?:32|128)$/, '');
    case 'range':
      return `${part.from}-${part.to}`;
    case 'port':
      return `${part.protocol === null ? '' : `${part.protocol}:`}${part.from}${part.to === part.from ? '' : `-${part.to}`}`;
    case 'device':
    case 'set':
      return part.name;
    case 'mac':
    case 'mark':
      return String(part.value);
  }
}
