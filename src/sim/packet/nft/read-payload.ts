import type { Packet } from '../packet.ts';
import { isLaterFragment } from '../iptables/fragment.ts';
import { address } from './address.ts';
import { currentDevice, gapOf, hasLinkHeader, type NftContext } from './context.ts';
import { readArp } from './read-arp.ts';
import { isGap, one, type Read, UNTOLD_LENGTH } from './value.ts';

const PROTOCOLS: Readonly<Record<Packet['protocol'], number>> = {
  icmp: 1,
  tcp: 6,
  udp: 17,
  icmpv6: 58,
  sctp: 132,
  ipip: 4,
  ipv6: 41,
  gre: 47,
  esp: 50,
  ah: 51,
};

/** The number of a packet's or connection's transport protocol. */
export const protocolNumber = ({ protocol }: Pick<Packet, 'protocol'>): number => PROTOCOLS[protocol];

/** A field of a header (net/netfilter/nft_payload.c); a header that the packet has not ends the rule, as nft's own dependencies do. */
export function readPayload(context: NftContext, protocol: string, field: string): Read {
  const { packet, family, arp } = context;
  if (arp !== undefined) return readArp(context, arp, protocol, field);
  // of a later piece nothing behind the IP header is read (pkt->fragoff)
  if (protocol !== 'ip' && protocol !== 'ip6' && protocol !== 'ether' && isLaterFragment(packet)) return 'break';
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
    case 'vlan':
      return context.frame?.vlan === undefined ? 'break' : tagged(context, `vlan ${field}`);
    default:
      // protocols that are not walked
      return 'break';
  }
}

/** Of an answer to a SYN it may not be known. */
const sizeOf = (context: NftContext, without: number): Read =>
  context.packet.leastSize === undefined ? one(context.packet.size - without) : gapOf(context, UNTOLD_LENGTH, 'not told');

const notTold = (context: NftContext, protocol: string, field: string): Read =>
  gapOf(context, `the ${protocol} ${field} of a packet is not modelled`);

const IP_HEADER = 20;
const IP6_HEADER = 40;
/** What the first header of a piece says follows (NEXTHDR_FRAGMENT). */
const FRAGMENT = 44;
const DONT_FRAGMENT = 0x4000;
const MORE_FRAGMENTS = 0x2000;

const fragmentBits = ({ fragment }: Packet): number =>
  fragment === undefined ? 0 : (fragment.more ? MORE_FRAGMENTS : 0) + Math.floor(fragment.offset / 8);

/** The TTL, which is another in each round of a packet that goes in circles. */
function ttlOf({ run, packet }: NftContext): number {
  run.rounds.vary();
  return packet.ttl;
}

function ipField(context: NftContext, field: string): Read {
  const { packet } = context;
  switch (field) {
    case 'protocol':
      return one(protocolNumber(packet));
    case 'ttl':
      return one(ttlOf(context));
    case 'length':
      return sizeOf(context, 0);
    case 'hdrlength':
      return one(IP_HEADER / 4);
    case 'frag-off':
      return one((packet.df ? DONT_FRAGMENT : 0) + fragmentBits(packet));
    default:
      return commonField(context, 'ip', field);
  }
}

function ip6Field(context: NftContext, field: string): Read {
  switch (field) {
    case 'nexthdr':
      return one(context.packet.fragment === undefined ? protocolNumber(context.packet) : FRAGMENT);
    case 'hoplimit':
      return one(ttlOf(context));
    case 'length':
      return sizeOf(context, IP6_HEADER);
    default:
      return commonField(context, 'ip6', field);
  }
}

/** What the headers of both families have. */
function commonField(context: NftContext, protocol: 'ip' | 'ip6', field: string): Read {
  const { packet, family } = context;
  switch (field) {
    case 'saddr':
      return address(packet.source);
    case 'daddr':
      return address(packet.destination);
    case 'version':
      return one(family);
    case 'dscp':
      return one((packet.tos ?? 0) >> 2);
    case 'ecn':
      return one((packet.tos ?? 0) & 3);
    default:
      return notTold(context, protocol, field);
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

/** Protocols whose header begins with two ports: of others `th` reads whatever stands there. */
const PORTED: ReadonlySet<Packet['protocol']> = new Set(['tcp', 'udp', 'sctp']);

function ownField(context: NftContext, field: string): Read {
  const { packet, family } = context;
  const { tcp, drawn } = packet;
  if ((field === 'sport' || field === 'dport') && !PORTED.has(packet.protocol)) return notTold(context, packet.protocol, 'header');
  if (field === 'sport') return drawn?.source === undefined ? one(packet.sourcePort) : ofDrawn(context);
  if (field === 'dport') return drawn?.destination === undefined ? one(packet.destinationPort) : ofDrawn(context);
  // the first piece tells the length of the whole
  if (field === 'length' && packet.protocol === 'udp' && packet.fragment === undefined)
    return one(packet.size - (family === 4 ? IP_HEADER : IP6_HEADER));
  if (field === 'vtag' && packet.sctp !== undefined) return one(packet.sctp.tag);
  if (field === 'flags' && tcp !== null) return one(FLAGS.reduce((sum, [flag, bit]) => sum + (tcp[flag] === true ? bit : 0), 0));
  return notTold(context, packet.protocol, field);
}

/** What is made of a port that was drawn, where it is not compared or looked up as it is. */
const ofDrawn = (context: NftContext): Read => gapOf(context, 'a port that was drawn is any of its range', 'not told');

function icmpField(context: NftContext, field: string): Read {
  const { packet } = context;
  const { icmp } = packet;
  if (icmp === null) return 'break';
  if (field === 'type') return one(icmp.type);
  if (field === 'code') return one(icmp.code);
  if (field === 'id' && icmp.inner === undefined) return packet.drawn?.source === undefined ? one(icmp.id) : ofDrawn(context);
  if (field === 'mtu' && icmp.mtu !== undefined) return one(icmp.mtu);
  return notTold(context, packet.protocol, field);
}

const ETHER_TYPES = { 4: 0x0800, 6: 0x86dd } as const;

/** What stands before the IP header: only of frames that came in, or are handed to a device (`egress`), by devices that have such headers. */
function etherField(context: NftContext, field: string): Read {
  const { frame, skb, family, table } = context;
  const device = currentDevice(context);
  if (frame === null) return 'break';
  const isHeaded = context.hook !== 'egress' || (device !== null && hasLinkHeader(device));
  if (isHeaded === undefined) return gapOf(context, `whether ${device?.name} has an Ethernet header was not told`, 'not told');
  if (!isHeaded) return 'break';
  // what this machine sends by a bridge has its header there already (br_dev_xmit)
  const isSeen = table.family === 'bridge' || context.hook === 'egress' || skb.in !== null;
  if (!isSeen || (table.family !== 'bridge' && (device === null || device.type === 'loopback'))) return 'break';
  if (field === 'saddr') return address(frame.from);
  if (field === 'daddr') return address(frame.to);
  if (field !== 'type') return 'break';
  return frame.vlan === undefined ? one(ETHER_TYPES[family]) : tagged(context, 'ether type');
}

/** A tag stands beside the packet, and is put into the header for who reads that (nft_payload_copy_vlan): which it was is not told. */
const tagged = (context: NftContext, what: string): Read => gapOf(context, `the ${what} of a tagged frame is not modelled (nft_payload.c)`);

/** Raw bits of a header, where they are fields that are known; nft prints so what it compares in one (ether saddr and type). */
export function readRaw(context: NftContext, base: string, offset: number, length: number): Read {
  if (context.arp !== undefined) return gapOf(context, `@${base},${offset},${length} of ARP is not modelled`);
  let value = 0n;
  for (let at = offset; at < offset + length; ) {
    const field = RAW.find(
      (known) =>
        known.base === base && known.at === at && at + known.bits <= offset + length && (known.family ?? context.family) === context.family,
    );
    if (field === undefined) return gapOf(context, `@${base},${offset},${length} is not modelled`);
    const read = readPayload(context, field.protocol, field.name);
    if (read === 'break' || isGap(read)) return read;
    value = (value << BigInt(field.bits)) | BigInt(read[0] ?? 0n);
    at += field.bits;
  }
  return [value];
}

type RawField = {
  readonly base: string;
  readonly at: number;
  readonly bits: number;
  readonly family?: 4 | 6;
  readonly protocol: string;
  readonly name: string;
};

const RAW: readonly RawField[] = [
  { base: 'll', at: 0, bits: 48, protocol: 'ether', name: 'daddr' },
  { base: 'll', at: 48, bits: 48, protocol: 'ether', name: 'saddr' },
  { base: 'll', at: 96, bits: 16, protocol: 'ether', name: 'type' },
  { base: 'th', at: 0, bits: 16, protocol: 'th', name: 'sport' },
  { base: 'th', at: 16, bits: 16, protocol: 'th', name: 'dport' },
  { base: 'nh', at: 64, bits: 8, family: 4, protocol: 'ip', name: 'ttl' },
  { base: 'nh', at: 72, bits: 8, family: 4, protocol: 'ip', name: 'protocol' },
  { base: 'nh', at: 96, bits: 32, family: 4, protocol: 'ip', name: 'saddr' },
  { base: 'nh', at: 128, bits: 32, family: 4, protocol: 'ip', name: 'daddr' },
  { base: 'nh', at: 48, bits: 8, family: 6, protocol: 'ip6', name: 'nexthdr' },
  { base: 'nh', at: 56, bits: 8, family: 6, protocol: 'ip6', name: 'hoplimit' },
  { base: 'nh', at: 64, bits: 128, family: 6, protocol: 'ip6', name: 'saddr' },
  { base: 'nh', at: 192, bits: 128, family: 6, protocol: 'ip6', name: 'daddr' },
];
