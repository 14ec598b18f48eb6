import type { Ip } from '#net/ip';

/** An ICMP or ICMPv6 message; an error carries the packet that it answers. */
export type IcmpMessage = {
  readonly type: number;
  readonly code: number;
  readonly id: number;
  readonly inner?: Packet;
  /** What that packet carried, where a tunnel's was answered. */
  readonly carried?: Packet;
  readonly mtu?: number;
};

/** TCP's flags; what is left out is not set, or (the MSS that it offers) not known. */
export type TcpHeader = {
  readonly syn: boolean;
  readonly ack: boolean;
  readonly rst: boolean;
  readonly fin: boolean;
  readonly psh?: boolean;
  readonly urg?: boolean;
  readonly ece?: boolean;
  readonly cwr?: boolean;
  readonly mss?: number;
  /** What the MSS is not above, where a rule saw to that and nobody knows what it was. */
  readonly mssAtMost?: number;
  /** Its sequence numbers and the room that it offers, in bytes, where somebody told them. */
  readonly numbers?: { readonly seq: number; readonly ack: number; readonly window: number };
};

/** Chunks of SCTP by their names (include/linux/sctp.h) that packets are walked with. */
export const SCTP_CHUNKS = [
  'DATA',
  'INIT',
  'INIT_ACK',
  'SACK',
  'HEARTBEAT',
  'HEARTBEAT_ACK',
  'ABORT',
  'SHUTDOWN',
  'SHUTDOWN_ACK',
  'ERROR',
  'COOKIE_ECHO',
  'COOKIE_ACK',
  'ECN_ECNE',
  'ECN_CWR',
  'SHUTDOWN_COMPLETE',
] as const;

export type SctpChunkType = (typeof SCTP_CHUNKS)[number];

/** One chunk: its flags' bits, of INIT and INIT_ACK the tag that its sender wants to be spoken to with, of ERROR its cause (RFC 9260, sec. 3.3.10). */
export type SctpChunk = {
  readonly type: SctpChunkType;
  readonly flags?: number;
  readonly initiateTag?: number;
  readonly cause?: number;
};

/** What an SCTP packet says beside its ports. */
export type SctpHeader = { readonly tag: number; readonly chunks: readonly SctpChunk[] };

/** The ranges that ports of a packet were drawn from; of ICMP the source port is the id. */
export type Drawn = { readonly source?: readonly [number, number]; readonly destination?: readonly [number, number] };

/** A packet as one namespace sees it: the headers that the kernel looks at. */
export type Packet = {
  readonly source: Ip;
  readonly destination: Ip;
  readonly protocol: 'tcp' | 'udp' | 'icmp' | 'icmpv6' | 'sctp' | 'ipip' | 'ipv6' | 'gre' | 'esp' | 'ah';
  /** 0 for ICMP. */
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly tcp: TcpHeader | null;
  readonly icmp: IcmpMessage | null;
  /** Of SCTP: left out where nobody told what it says. */
  readonly sctp?: SctpHeader;
  /** Bytes of the whole IP packet. */
  readonly size: number;
  /** What its size is at least, where that is not known and `size` is what it is at most. */
  readonly leastSize?: number;
  /** Do not fragment. */
  readonly df: boolean;
  readonly ttl: number;
  /** The type of service (IPv6: traffic class); 0 when left out. */
  readonly tos?: number;
  /** Ports that the kernel drew at random: the packet shows one of each range. */
  readonly drawn?: Drawn;
  /** Set on a piece of a packet: where it begins. */
  readonly fragment?: { readonly offset: number; readonly more: boolean };
  /** The packet's mark (skb->mark), gone when it leaves the namespace. */
  readonly mark: number;
};

/** A packet of which the port of one end is told, whatever it was drawn out of before. */
export function withoutDrawn(packet: Packet, what: keyof Drawn): Packet {
  const { drawn, ...told } = packet;
  if (drawn?.[what] === undefined) return packet;
  const { [what]: _, ...others } = drawn;
  return Object.keys(others).length === 0 ? told : { ...told, drawn: others };
}
