import { familyOf, type Ip } from '#net/ip';
import { sourceFor } from './route/source.ts';
import { lookup } from './route/lookup.ts';
import type { End, IcmpError } from './next.ts';
import type { Packet } from './packet.ts';
import type { Skb } from './skb.ts';
import type { Stack } from '#dataplane/stack';

const SYN_ACK = { syn: true, ack: true, rst: false, fin: false };
const ACK = { syn: false, ack: true, rst: false, fin: false };
const RST = { syn: false, ack: true, rst: true, fin: false };
/** Bytes of an answer whose size nobody tells: a SYN-ACK with its options, a short datagram. */
const SHORT = 60;
/** An error quotes at most so much (net/ipv4/icmp.c). */
const LONGEST_ERROR = 576;

/** A fresh packet of a stack's own. */
export function skbOf(stack: Stack, packet: Packet, trail: Skb['trail'] | null = null): Skb {
  return {
    packet,
    stack,
    in: null,
    frame: null,
    cast: 'host',
    path: null,
    track: null,
    bridged: null,
    prerouted: false,
    carries: null,
    wire: packet.size,
    hop: null,
    trail: { before: trail, enters: stack, in: null },
  };
}

const turned = (packet: Packet): Packet => ({
  ...packet,
  source: packet.destination,
  destination: packet.source,
  sourcePort: packet.destinationPort,
  destinationPort: packet.sourcePort,
  ttl: 64,
  mark: 0,
});

/** What a stack answers to a packet that it took. */
export function replyTo(packet: Packet): Packet | null {
  const back = turned(packet);
  if (packet.icmp !== null) {
    if (packet.icmp.type !== 8 && packet.icmp.type !== 128) return null;
    return { ...back, icmp: { ...packet.icmp, type: packet.icmp.type === 8 ? 0 : 129 }, df: false };
  }
  if (packet.tcp !== null) {
    if (packet.tcp.rst) return null;
    return { ...back, tcp: packet.tcp.syn ? SYN_ACK : ACK, size: Math.min(SHORT, Math.max(52, packet.size)), df: true };
  }
  return { ...back, size: SHORT, df: false };
}

/** The packet that tells the sender of an error: a reset, or ICMP with the packet quoted. Nothing for errors about errors. */
export function errorPacket(end: End, error: IcmpError): Packet | null {
  const { about, stack } = error;
  if (error.reset === true) return about.tcp?.rst === true ? null : { ...turned(about), tcp: RST, size: 40, df: true };
  const isError = about.icmp !== null && about.icmp.inner !== undefined;
  if (isError || end.skb.cast !== 'host') return null;
  const source = errorSource(end, stack, about);
  if (source === undefined) return null;
  const family = familyOf(about.source);
  const [type, code] = family === 4 ? [error.type, error.code] : asIcmp6(error);
  const message = { type, code, id: 0, inner: about, ...(error.mtu === undefined ? {} : { mtu: error.mtu }) };
  const protocol = family === 4 ? 'icmp' : 'icmpv6';
  return {
    source,
    destination: about.source,
    protocol,
    sourcePort: 0,
    destinationPort: 0,
    tcp: null,
    icmp: message,
    size: Math.min(LONGEST_ERROR, about.size + 28),
    df: false,
    ttl: 64,
    mark: 0,
  };
}

/** What ICMPv6 calls the errors that are written here in ICMP's numbers (include/uapi/linux/icmpv6.h); REJECT gives its own. */
function asIcmp6({ type, code }: IcmpError): readonly [number, number] {
  if (type === 11) return [3, 0];
  if (type !== 3) return [type, code];
  if (code === 4) return [2, 0];
  if (code === 2) return [4, 1]; // a next header that is not known
  return [1, ({ 0: 0, 1: 3, 3: 4, 13: 1 } as Readonly<Record<number, number>>)[code] ?? 0];
}

/** An error about a packet that was for this very namespace comes from the address it was for, else from the one towards the sender (icmp_send). */
function errorSource(end: End, stack: Stack, about: Packet): Ip | undefined {
  if (end.skb.path?.does === 'local') return about.destination;
  const answer = lookup(null, stack, { source: null, destination: about.source, iif: 'lo', oif: null, mark: 0, packet: null });
  if (answer.is !== 'path') return undefined;
  const source = sourceFor(stack, answer.path, about.source);
  return source.is === 'seen' ? source.address : undefined;
}
