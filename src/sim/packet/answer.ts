import type { Link } from '#facts/link/link';
import { familyOf, type Ip, isMulticast } from '#net/ip';
import { REFLECTED, sctpOf } from './conntrack/sctp.ts';
import { segmentOf } from './conntrack/tcp-window.ts';
import { icmpError, reflected } from './icmp/error.ts';
import type { End, IcmpError } from './next.ts';
import type { Drawn, Packet, SctpHeader, TcpHeader } from './packet.ts';
import { vrfOf } from './route/flow.ts';
import type { Run } from './run.ts';
import { answerer, isOfKernel, NOBODY } from './socket/answering.ts';
import { isForMany, isRoutedToMany, type Skb } from './skb.ts';
import type { Stack } from '#dataplane/stack';

const SYN_ACK = { syn: true, ack: true, rst: false, fin: false };
const ACK = { syn: false, ack: true, rst: false, fin: false };
const RST = { syn: false, ack: true, rst: true, fin: false };
/** What answers a segment that has an ACK takes its number from there (tcp_v4_send_reset). */
const BARE_RST = { ...RST, ack: false };
/** A listener answers with its own type of service (tcp_v4_send_synack). */
const NO_TOS = { tos: 0 };
/** Whatever SCTP sends says that it understands congestion marks, ECT(0) (net/sctp/output.c sctp_packet_transmit; sctp_v4_ecn_capable, sctp_v6_ecn_capable). */
const SCTP_TOS = { tos: 2 };
const CONGESTION = 3;
/** ICMPv6's echo reply. */
const ECHOED6 = 129;
/** ICMP's questions that a stack answers, with the answers' types (icmp_echo, icmp_timestamp, icmpv6_echo_reply). */
const ANSWERED: ReadonlyMap<number, number> = new Map([
  [8, 0],
  [13, 14],
  [128, ECHOED6],
]);
/** Bytes of a datagram that answers, whose size nobody tells. */
const SHORT = 60;
/** Bytes of TCP's options in a SYN-ACK: its MSS at least, at most timestamps, SACK and the window's scale too; in later segments timestamps. */
const OPTIONS = { least: 4, most: 20, later: 12 };

/** A fresh packet of a stack's own. */
export function skbOf(stack: Stack, packet: Packet, trail: Skb['trail'] | null = null): Skb {
  return {
    packet,
    stack,
    in: null,
    frame: null,
    cast: 'host',
    path: null,
    routedFor: null,
    outOnly: false,
    isAnswer: false,
    hasNoSource: false,
    anySource: true,
    madeUnrouted: false,
    owner: undefined,
    isOfKernel: false,
    transparent: false,
    diverted: null,
    isRaw: false,
    labelled: familyOf(packet.source) === 6 || packet.tcp?.rst === false ? packet : null,
    aboutLabelled: null,
    outBy: null,
    reroute: false,
    track: null,
    ipvs: false,
    bridged: null,
    prerouted: false,
    carries: null,
    wire: packet.size,
    vouched: false,
    hop: null,
    trail: { before: trail, enters: stack, in: null },
  };
}

/**
 * What a stack answers to a packet: by the VRF that it came in by, if any (icmp_route_lookup, tcp_v4_send_reset). An IPv6 echo's
 * answer asks for the device that the request came in by, which rules see and routes prefer (net/ipv6/icmp.c icmpv6_echo_reply).
 */
export function answering({ skb, disposition, error }: End, packet: Packet): Skb {
  const { in: device, path } = skb;
  const { stack } = error ?? skb;
  // SCTP names no device to its routes (net/sctp/protocol.c sctp_v4_get_dst)
  const vrf = device === null || packet.protocol === 'sctp' ? undefined : vrfOf(stack, device.name);
  const isEcho6 = packet.icmp?.type === ECHOED6;
  const own = isEcho6 && device !== null && device.name !== 'lo' ? device.name : null;
  const outBy = vrf === undefined ? own : isEcho6 ? holderOf(stack, packet.source, vrf) : vrf.name;
  const hasNoSource = packet.protocol === 'icmp' && packet.icmp?.inner !== undefined && path?.does !== 'local';
  // a rule's reset is sent in another's name (net/ipv4/netfilter.c ip_route_me_harder)
  const anySource = disposition === 'rejected' && packet.tcp !== null;
  const madeUnrouted = anySource && path !== null && familyOf(packet.source) === 4;
  const { owner, transparent } = disposition === 'delivered' || packet.protocol === 'sctp' ? answerer(skb) : NOBODY;
  const aboutLabelled = packet.icmp?.inner === undefined ? null : skb.labelled;
  return {
    ...skbOf(stack, packet),
    ...{ aboutLabelled, isAnswer: true, hasNoSource, anySource, madeUnrouted, owner, transparent, outBy },
    isOfKernel: isOfKernel(stack, packet, disposition === 'delivered'),
  };
}

/** An IPv6 echo's answer is routed by the device that has the address: one outside the VRF leads outside (net/ipv6/icmp.c icmp6_dev). */
function holderOf(stack: Stack, address: Ip, vrf: Link): string {
  const { addresses } = stack;
  const holder = addresses.is === 'gap' ? undefined : addresses.table.byAddress.get(address)?.[0]?.dev;
  return holder === undefined || vrfOf(stack, holder) === vrf ? vrf.name : holder;
}

const turned = ({ leastSize: _, ...packet }: Packet): Packet => ({
  ...packet,
  source: packet.destination,
  destination: packet.source,
  sourcePort: packet.destinationPort,
  destinationPort: packet.sourcePort,
  ttl: 64,
  mark: 0,
  ...(packet.drawn === undefined ? {} : { drawn: turnedPorts(packet) }),
});

/** An ICMP id is the source port on both ways. */
const turnedPorts = ({ drawn = {}, icmp }: Packet): Drawn =>
  icmp === null
    ? {
        ...(drawn.destination === undefined ? {} : { source: drawn.destination }),
        ...(drawn.source === undefined ? {} : { destination: drawn.source }),
      }
    : drawn;

/**
 * What was for many gets no answer, but of ICMP: that looks at the route alone (net/ipv4/icmp.c icmp_rcv), and answers from an address
 * of its own where it has found one (icmp_reply, net/ipv6/icmp.c icmpv6_echo_reply).
 */
export const isUnanswered = ({ skb, answersFrom }: End): boolean =>
  skb.packet.icmp === null ? isForMany(skb) : isRoutedToMany(skb) && answersFrom === undefined;

/** What a stack answers to a packet that it took. */
export function replyTo(packet: Packet, source = packet.destination): Packet | null {
  const back = { ...turned(packet), source };
  if (packet.icmp !== null) {
    const type = ANSWERED.get(packet.icmp.type);
    // of ICMPv6 these numbers are others' questions
    if (type === undefined || (packet.protocol === 'icmpv6') !== (packet.icmp.type === 128)) return null;
    return { ...back, icmp: { ...packet.icmp, type }, df: false };
  }
  if (packet.tcp !== null) {
    if (packet.tcp.rst) return null;
    return { ...back, ...NO_TOS, tcp: packet.tcp.syn ? SYN_ACK : ACK, ...sizeOfAnswer(packet), df: true };
  }
  if (packet.sctp !== undefined) return { ...back, ...SCTP_TOS, sctp: acknowledged(packet.sctp), size: SHORT, df: true };
  return { ...back, size: SHORT, df: false };
}

/** An INIT's answer: it has the tag that was asked for there, and asks for one that nobody told (net/sctp/sm_make_chunk.c sctp_make_init_ack). */
const acknowledged = ({ chunks: [first] }: SctpHeader): SctpHeader => ({ tag: first?.initiateTag ?? 0, chunks: [{ type: 'INIT_ACK' }] });

/** Bytes of the headers of IP and TCP without options. */
const bareTcp = ({ source }: Pick<Packet, 'source'>): number => (familyOf(source) === 4 ? 40 : 60);

/**
 * A SYN-ACK has the options that its SYN offers, and always an MSS (net/ipv4/tcp_output.c tcp_synack_options). What has the size of one that
 * Linux sends offers all; of another nobody knows what is options and what is data.
 */
function sizeOfAnswer(packet: Packet): Pick<Packet, 'size' | 'leastSize'> {
  const bare = bareTcp(packet);
  const offered = packet.size - bare;
  if (packet.tcp?.syn !== true) return { size: bare + OPTIONS.later };
  const size = bare + Math.min(OPTIONS.most, Math.max(OPTIONS.least, offered));
  return offered <= OPTIONS.least || offered === OPTIONS.most ? { size } : { size, leastSize: bare + OPTIONS.least };
}

/** What was for many a rule resets for nobody (nf_send_reset by its route, nf_send_reset6 by its addresses). */
const isToMany = ({ skb }: End, { source, destination }: Packet): boolean =>
  familyOf(source) === 4 ? isRoutedToMany(skb) : isMulticast(source) || isMulticast(destination);

/** The packet that tells the sender of an error: a reset, or ICMP with the packet quoted. Nothing for errors about errors. */
export function errorPacket(run: Run, end: End, error: IcmpError): Packet | null {
  const { about, stack } = error;
  if (error.reset !== true) return icmpError(run, end, error);
  if (about.protocol === 'sctp') return farewellTo(about);
  if (about.tcp === null || about.tcp.rst || (end.disposition === 'rejected' && isToMany(end, about))) return null;
  const reset = { ...resetTo(about), mark: reflected(run, stack, about) };
  return end.disposition === 'rejected' ? { ...reset, ...NO_TOS } : reset;
}

/**
 * A reset: it carries ACK only where what it answers did not (tcp_v4_send_reset, nf_reject_ip_tcphdr_put), and the stack's own the
 * type of service of that, but for its bits of congestion; a rule's has none (ip_send_unicast_reply, tcp_v6_send_response).
 */
export const resetTo = (about: Packet): Packet => ({
  ...turned(about),
  tos: (about.tos ?? 0) & ~CONGESTION,
  tcp: { ...(about.tcp?.ack === true ? BARE_RST : RST), ...numbered(about) },
  size: bareTcp(about),
  df: true,
});

/** It has the number that its receiver says it waits for, or none and acknowledges all; it offers no room. */
function numbered(about: Packet): Pick<TcpHeader, 'numbers'> {
  const segment = segmentOf(about);
  if (segment === undefined) return {};
  const [seq, ack] = about.tcp?.ack === true ? [segment.ack, 0] : [0, segment.end];
  return { numbers: { seq, ack, window: 0 } };
}

/**
 * What SCTP tells who speaks of an association that it has not: an ABORT, or to a SHUTDOWN_ACK that it is over. Both repeat the tag of what
 * they answer and say so, but for an INIT, which asks for one (net/sctp/sm_statefuns.c sctp_ootb_pkt_new, sctp_sf_tabort_8_4_8,
 * sctp_sf_shut_8_4_5).
 */
function farewellTo(about: Packet): Packet {
  const { tag, chunks } = sctpOf(about);
  const [first] = chunks;
  const type = chunks.some((one) => one.type === 'SHUTDOWN_ACK') ? 'SHUTDOWN_COMPLETE' : 'ABORT';
  const sctp: SctpHeader =
    first?.type === 'INIT' ? { tag: first.initiateTag ?? 0, chunks: [{ type }] } : { tag, chunks: [{ type, flags: REFLECTED }] };
  return { ...turned(about), ...SCTP_TOS, sctp, size: bareSctp(about), df: true };
}

/** Bytes of the headers of IP and SCTP, and of one chunk that says nothing more. */
const bareSctp = ({ source }: Packet): number => (familyOf(source) === 4 ? 36 : 56);
