import type { Packet } from '../packet.ts';
import { currentDevice, gapOf, type NftContext } from './context.ts';
import { fieldValue } from './data-type.ts';
import { one, type Read } from './value.ts';

const PROTOCOLS: Readonly<Record<Packet['protocol'], number>> = {
  icmp: 1,
  tcp: 6,
  udp: 17,
  icmpv6: 58,
  sctp: 132,
  ipip: 4,
  ipv6: 41,
  gre: 47,
};

/** The number of a packet's transport protocol. */
export const protocolNumber = ({ protocol }: Packet): number => PROTOCOLS[protocol];

const ADDRESS = { name: 'address', bits: 128 } as const;

/** An address of any kind as a register holds it. */
export function address(text: string): Read {
  const value = fieldValue(ADDRESS, text);
  return value === undefined ? 'break' : [value];
}

/** A field of a header (net/netfilter/nft_payload.c); a header that the packet has not ends the rule, as nft's own dependencies do. */
export function readPayload(context: NftContext, protocol: string, field: string): Read {
  const { packet, family } = context;
  switch (protocol) {
    case 'ip':
      return family === 4 ? ipField(context, field) : 'break';
    case 'ip6':
      return family === 6 ? ip6Field(context, field) : 'break';
    case 'th':
      return transportField(context, field);
    case 'tcp':
    case 'udp':
    case 'sctp':
      return packet.protocol === protocol ? ownField(context, field) : 'break';
    case 'icmp':
    case 'icmpv6':
      return packet.protocol === protocol ? icmpField(context, field) : 'break';
    case 'ether':
      return etherField(context, field);
    default:
      // vlan, arp and protocols that are not walked
      return 'break';
  }
}

const notTold = (context: NftContext, protocol: string, field: string): Read =>
  gapOf(context, `the ${protocol} ${field} of a packet is not modelled`);

const IP_HEADER = 20;
const IP6_HEADER = 40;
const DONT_FRAGMENT = 0x4000;
const MORE_FRAGMENTS = 0x2000;

const fragmentBits = ({ fragment }: Packet): number =>
  fragment === undefined ? 0 : (fragment.more ? MORE_FRAGMENTS : 0) + Math.floor(fragment.offset / 8);

function ipField(context: NftContext, field: string): Read {
  const { packet } = context;
  switch (field) {
    case 'saddr':
      return address(packet.source);
    case 'daddr':
      return address(packet.destination);
    case 'protocol':
      return one(protocolNumber(packet));
    case 'ttl':
      return one(packet.ttl);
    case 'length':
      return one(packet.size);
    case 'version':
      return one(4);
    case 'hdrlength':
      return one(IP_HEADER / 4);
    case 'frag-off':
      return one((packet.df ? DONT_FRAGMENT : 0) + fragmentBits(packet));
    case 'dscp':
      return one((packet.tos ?? 0) >> 2);
    case 'ecn':
      return one((packet.tos ?? 0) & 3);
    default:
      return notTold(context, 'ip', field);
  }
}

function ip6Field(context: NftContext, field: string): Read {
  const { packet } = context;
  switch (field) {
    case 'saddr':
      return address(packet.source);
    case 'daddr':
      return address(packet.destination);
    case 'nexthdr':
      return one(protocolNumber(packet));
    case 'hoplimit':
      return one(packet.ttl);
    case 'length':
      return one(packet.size - IP6_HEADER);
    case 'version':
      return one(6);
    case 'dscp':
      return one((packet.tos ?? 0) >> 2);
    case 'ecn':
      return one((packet.tos ?? 0) & 3);
    default:
      return notTold(context, 'ip6', field);
  }
}

/** The first bytes after the IP header, whatever the protocol is. */
function transportField(context: NftContext, field: string): Read {
  const { packet } = context;
  if (packet.icmp === null) return ownField(context, field);
  if (field === 'sport') return one(packet.icmp.type * 256 + packet.icmp.code);
  return notTold(context, packet.protocol, 'checksum');
}

const FLAGS = [
  ['fin', 1],
  ['syn', 2],
  ['rst', 4],
  ['psh', 8],
  ['ack', 16],
  ['urg', 32],
  ['ece', 64],
  ['cwr', 128],
] as const;

function ownField(context: NftContext, field: string): Read {
  const { packet, family } = context;
  const { tcp } = packet;
  if (field === 'sport') return one(packet.sourcePort);
  if (field === 'dport') return one(packet.destinationPort);
  if (field === 'length' && packet.protocol === 'udp') return one(packet.size - (family === 4 ? IP_HEADER : IP6_HEADER));
  if (field === 'flags' && tcp !== null) return one(FLAGS.reduce((sum, [flag, bit]) => sum + (tcp[flag] === true ? bit : 0), 0));
  return notTold(context, packet.protocol, field);
}

function icmpField(context: NftContext, field: string): Read {
  const { packet } = context;
  const { icmp } = packet;
  if (icmp === null) return 'break';
  if (field === 'type') return one(icmp.type);
  if (field === 'code') return one(icmp.code);
  if (field === 'id' && icmp.inner === undefined) return one(icmp.id);
  if (field === 'mtu' && icmp.mtu !== undefined) return one(icmp.mtu);
  return notTold(context, packet.protocol, field);
}

const ETHER_TYPES = { 4: 0x0800, 6: 0x86dd } as const;

/** What stands before the IP header: only of frames that came in, by devices that have such headers. */
function etherField(context: NftContext, field: string): Read {
  const { frame, skb, family } = context;
  const device = currentDevice(context);
  if (skb.in === null || frame === null || device === null || device.type === 'loopback') return 'break';
  if (field === 'saddr') return address(frame.from);
  if (field === 'daddr') return address(frame.to);
  return field === 'type' ? one(ETHER_TYPES[family]) : 'break';
}

/** Raw bits of a header, where they are a field that is known. */
export function readRaw(context: NftContext, base: string, offset: number, length: number): Read {
  const field = RAW[`${base} ${offset} ${length} ${base === 'nh' ? context.family : ''}`.trim()];
  if (field === undefined) return gapOf(context, `@${base},${offset},${length} is not modelled`);
  const [protocol = '', name = ''] = field.split(' ');
  return readPayload(context, protocol, name);
}

const RAW: Readonly<Record<string, string>> = {
  'th 0 16': 'th sport',
  'th 16 16': 'th dport',
  'nh 64 8 4': 'ip ttl',
  'nh 72 8 4': 'ip protocol',
  'nh 96 32 4': 'ip saddr',
  'nh 128 32 4': 'ip daddr',
  'nh 48 8 6': 'ip6 nexthdr',
  'nh 56 8 6': 'ip6 hoplimit',
  'nh 64 128 6': 'ip6 saddr',
  'nh 192 128 6': 'ip6 daddr',
};
