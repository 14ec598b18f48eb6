import { familyOf, type Ip } from '#net/ip';
import type { Packet } from '../packet.ts';
import type { Carried, Skb } from '../skb.ts';
import { NO_PORTS, portsOf, type RouteFlow } from './flow.ts';

/** What tells the hash apart: fib_multipath_hash_policy, and of policy 3 the fields that it names (fib_multipath_hash_fields). */
export type Hashing = { readonly policy: number; readonly fields: number };

/** FIB_MULTIPATH_HASH_FIELD_… of include/net/ip_fib.h; the same of the inside stand INSIDE bits further. */
export const FIELDS = { source: 0x1, destination: 0x2, protocol: 0x4, label: 0x8, sourcePort: 0x10, destinationPort: 0x20 } as const;
const INSIDE = 6;

/** What the kernel can hash of a packet; what it does not look at is empty. */
type Keys = {
  readonly source: Ip | '*';
  readonly destination: Ip;
  readonly ports: { readonly source: number; readonly destination: number };
  readonly protocol: string;
  /** Of what its flow label of IPv6 is a hash; empty without one. */
  readonly label: string;
};

/** Both directions of a flow have one hash (net/core/flow_dissector.c __flow_hash_consistentify). */
const either = (one: string, other: string): string => (one < other ? `${one}<>${other}` : `${other}<>${one}`);

/**
 * What a hash that chooses one of several ways is made of; the same text is the same hash. What came in is dissected; of an error that
 * is made here, what it is about; else what the route is asked by counts (net/ipv4/route.c fib_multipath_hash, net/ipv6/route.c
 * rt6_multipath_hash; net/ipv4/icmp.c icmp_route_lookup, net/ipv6/icmp.c icmp6_send).
 */
export function hashedOf(flow: RouteFlow, { policy, fields }: Hashing): string {
  switch (policy) {
    case 1:
      return withPorts(flow);
    case 2:
      return inside(flow);
    case 3:
      return chosen(flow, fields);
    default:
      return addresses(flow);
  }
}

/** Addresses alone, in IPv6 with flow label and first header; an error that others sent goes by what it is about too (ip_multipath_l3_keys, ip6_multipath_l3_keys). */
function addresses(flow: RouteFlow): string {
  const { packet, labelled, isAnew, destination, arrived, hashed = null } = flow;
  const about = isAnew === true ? undefined : packet?.icmp?.inner;
  const isSix = familyOf(destination) === 6;
  if (about !== undefined) return `${ends(about)}${isSix ? ` ${textOf(dissected(about, arrived === undefined ? hashed : null))}` : ''}`;
  const own = keysOf(flow);
  if (!isSix || packet === null) return ends(own);
  return `${ends(own)} ${labelled?.() ?? own.protocol}${isAnew === true ? ` ${own.protocol}` : ''}`;
}

/** Ports and protocol too; what its sender's stack hashed keeps that hash from namespace to namespace, and each direction has its own (skb->l4_hash). */
function withPorts(flow: RouteFlow): string {
  const { hashed = null } = flow;
  if (hashed !== null && dissectedOf(flow) !== undefined) return `hash of ${labelText(hashed)}`;
  return textOf({ ...keysOf(flow), label: '' });
}

/** The addresses inside of a tunnel's packet, else its own: an error's are not those of what it is about. */
function inside(flow: RouteFlow): string {
  const { arrived, hashed = null } = flow;
  const looked = (arrived === undefined ? undefined : insideOf(arrived)) ?? dissectedOf(flow);
  if (looked === undefined) return addresses(flow);
  const keys = dissected(looked, hashed, looked === arrived?.packet ? arrived.wire : looked.size);
  return familyOf(keys.destination) === 6 ? `${ends(keys)} ${keys.protocol} ${keys.label}` : ends(keys);
}

/**
 * The fields that are named: of a packet that is looked into those outside and inside, hashed once more together, also where none of
 * them is there; of what is sent here those outside alone, by their own hash (fib_multipath_custom_hash_skb, fib_multipath_custom_hash_fl4
 * and the same of net/ipv6/route.c).
 */
function chosen(flow: RouteFlow, fields: number): string {
  const { arrived, hashed = null } = flow;
  const inner = arrived === undefined ? undefined : insideOf(arrived);
  const own = `fields ${masked(keysOf(flow), fields)}`;
  if (dissectedOf(flow) === undefined) return `${own} as sent`;
  return inner === undefined ? own : `${own} around ${masked(dissected(inner, hashed), fields >> INSIDE)}`;
}

function masked({ source, destination, ports, protocol, label }: Keys, fields: number): string {
  const of = (field: number, text: string | number): string | number => ((fields & field) === 0 ? '' : text);
  const one = `${of(FIELDS.source, source)} ${of(FIELDS.sourcePort, ports.source)}`;
  const other = `${of(FIELDS.destination, destination)} ${of(FIELDS.destinationPort, ports.destination)}`;
  const labelled = familyOf(destination) === 6 ? of(FIELDS.label, label) : '';
  return `${of(FIELDS.protocol, protocol)} ${either(one, other)} ${labelled}`;
}

const ends = ({ source, destination }: Pick<Keys, 'source' | 'destination'>): string => either(source, destination);

const textOf = ({ source, destination, ports, protocol, label }: Keys): string =>
  `${protocol} ${either(`${source} ${ports.source}`, `${destination} ${ports.destination}`)} ${label}`;

/** The packet that the kernel looks into: what came in, or what an error is about that is made here. */
const dissectedOf = ({ arrived, iif, packet, isAnew }: RouteFlow): Packet | undefined =>
  arrived?.packet ?? (iif === 'lo' && isAnew !== true ? packet?.icmp?.inner : undefined);

function keysOf(flow: RouteFlow): Keys {
  const { source, destination, packet, hashed = null, isAnew, isLookedInto, arrived } = flow;
  const looked = dissectedOf(flow);
  if (looked !== undefined) return dissected(looked, hashed, arrived?.wire);
  const isBare = isAnew === true && isLookedInto !== true;
  const protocol = isBare ? 'anew' : (packet?.protocol ?? 'raw');
  return { source: source ?? '*', destination, ports: isBare ? NO_PORTS : portsOf(flow), protocol, label: labelOf(destination, hashed) };
}

/** Pieces and ICMP have no ports for it (net/core/flow_dissector.c skb_flow_dissect_flow_keys); what was put together again may have them. */
function dissected(packet: Packet, hashed: Packet | null, wire = packet.size): Keys {
  const { source, destination, sourcePort, destinationPort, protocol, fragment, icmp } = packet;
  const ports = fragment === undefined && icmp === null ? { source: sourcePort, destination: destinationPort } : NO_PORTS;
  const isWhole = wire >= packet.size || icmp !== null;
  return { source, destination, ports, protocol: isWhole ? protocol : `${protocol} in pieces`, label: labelOf(destination, hashed) };
}

const labelOf = (destination: Ip, hashed: Packet | null): string =>
  hashed === null || familyOf(destination) === 4 ? '' : labelText(hashed);

const TUNNELS: readonly Packet['protocol'][] = ['ipip', 'ipv6', 'gre'];

/** What is inside of a packet, and what is inside of that; pieces, and UDP, are not looked into (__skb_flow_dissect). */
function insideOf({ packet, wire, carries }: Pick<Carried, 'packet' | 'wire' | 'carries'>): Packet | undefined {
  if (carries === null || !TUNNELS.includes(packet.protocol) || packet.fragment !== undefined || wire < packet.size) return undefined;
  return insideOf(carries) ?? carries.packet;
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
