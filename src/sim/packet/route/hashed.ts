import { familyOf, type Ip } from '#net/ip';
import type { IcmpMessage, Packet } from '../packet.ts';
import type { Skb } from '../skb.ts';
import type { RouteFlow } from './flow.ts';

/** What a hash that chooses one of several ways is made of; the same text is the same hash. */
export type Hashed = { readonly addresses: string; readonly ports: string };

/** Both directions of a flow have one hash (net/core/flow_dissector.c __flow_hash_consistentify). */
const either = (one: string, other: string): string => (one < other ? `${one}<>${other}` : `${other}<>${one}`);

/**
 * What the policies of hashing look at: addresses alone, in IPv6 with the flow label and the first header's protocol, or ports too. An
 * error goes by what it is about: by the addresses of that, and where it is made by its ports too. What its sender's stack hashed keeps that
 * hash from namespace to namespace, where both directions have one of their own; a card may likewise bring one of the wire (net/ipv4/route.c
 * fib_multipath_hash, net/ipv6/route.c rt6_multipath_hash; net/ipv4/icmp.c icmp_route_lookup, net/ipv6/icmp.c icmp6_send).
 */
export function hashedOf({ source, destination, iif, packet, labelled, hashed = null }: RouteFlow): Hashed {
  const about = packet?.icmp?.inner;
  const own = { source: source ?? ('*' as Ip), destination };
  const ends = about ?? own;
  const addresses = either(ends.source, ends.destination);
  const isSix = familyOf(destination) === 6;
  if (packet === null) return { addresses, ports: addresses };
  const beside = isSix ? ` ${about === undefined ? (labelled?.() ?? packet.protocol ?? 'raw') : flowOf(about)}` : '';
  const looked = about !== undefined && iif === 'lo' ? about : { ...packet, ...own };
  return { addresses: `${addresses}${beside}`, ports: hashed === null ? flowOf(looked) : `hash of ${labelText(hashed)}` };
}

type Flow = Pick<Packet, 'source' | 'destination' | 'sourcePort' | 'destinationPort' | 'fragment'> & {
  readonly protocol: Packet['protocol'] | null;
  readonly icmp: IcmpMessage | null;
};

/** Pieces and ICMP have no ports for it. */
function flowOf({ source, destination, protocol, sourcePort, destinationPort, fragment, icmp }: Flow): string {
  const has = fragment === undefined && icmp === null;
  return `${protocol ?? 'raw'} ${has ? either(`${source} ${sourcePort}`, `${destination} ${destinationPort}`) : either(source, destination)}`;
}

/** What a hash of IPv6 knows of a packet of one's own that is routed anew: its flow label, and no protocol (net/ipv6/netfilter.c ip6_route_me_harder). */
export const labelledAnew = ({ labelled }: Pick<Skb, 'labelled'>): string =>
  labelled === null ? 'anew' : `anew labelled ${labelText(labelled)}`;

/**
 * What a hash of IPv6 knows of a packet that came in, beside its addresses: its flow label, which is a hash of what its sender sent,
 * and its first header, which of a piece is that of pieces.
 */
export function labelledAs({ packet, labelled, wire }: Pick<Skb, 'packet' | 'labelled' | 'wire'>): string {
  const first = packet.fragment !== undefined || wire < packet.size ? 'pieces' : packet.protocol;
  return labelled === null ? first : `${first} labelled ${labelText(labelled)}`;
}

/** What a flow label of IPv6 is a hash of: of ICMPv6 too it knows more than ports, type and code (net/core/flow_dissector.c __get_hash_from_flowi6). */
export const labelText = ({ protocol, source, destination, sourcePort, destinationPort, icmp }: Packet): string =>
  `${protocol} ${source}>${destination} ${icmp === null ? `${sourcePort}>${destinationPort}` : `${icmp.type}/${icmp.code}`}`;
