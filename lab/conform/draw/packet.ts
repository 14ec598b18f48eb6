import type { Family, Hook } from './rule.ts';

/** Protocols without ports, which no kernel takes that has nothing for them, by the names that rules have for them. */
const PORTLESS = ['ipencap', 'ipv6', 'gre', 'esp', 'ah'] as const;
type Portless = (typeof PORTLESS)[number];

/** Those that a rule names: what carries a header of IPv6 is not the last one there, as AH (net/ipv6/exthdrs_core.c ipv6_ext_hdr). */
export const namedPortless = (family: Family): readonly Portless[] => PORTLESS.filter((one) => family === 4 || one !== 'ah');

/** What protocols the sender can make. */
export type Protocol = 'udp' | 'tcp' | 'icmp' | 'icmpv6' | 'sctp' | Portless;

export const isPortless = (protocol: Protocol): protocol is Portless => PORTLESS.some((one) => one === protocol);

/** Chunks of SCTP that the sender can make (RFC 9260). */
export type Chunk =
  | 'DATA'
  | 'INIT'
  | 'INIT_ACK'
  | 'SACK'
  | 'HEARTBEAT'
  | 'HEARTBEAT_ACK'
  | 'ABORT'
  | 'SHUTDOWN'
  | 'SHUTDOWN_ACK'
  | 'ERROR'
  | 'COOKIE_ECHO'
  | 'COOKIE_ACK'
  | 'SHUTDOWN_COMPLETE';

/** A packet that is really sent, and told to the model field by field. */
export type Packet = {
  /** The namespace that it starts in. */
  readonly from: string;
  /**
   * How it starts. `raw`: a raw socket, so through the namespace's routes and OUTPUT. `socket`: an ordinary UDP socket bound to
   * source and port. `frame`: put on the wire of `device` as it is, past its own namespace's stack; needs `device` and `to`.
   */
  readonly through: 'raw' | 'socket' | 'frame';
  readonly device?: string;
  /** The frame's addresses; only with `frame`. */
  readonly ether?: { readonly from: string; readonly to: string };
  readonly source: string;
  readonly destination: string;
  readonly protocol: Protocol;
  /** Of UDP, TCP and SCTP. */
  readonly sport?: number;
  readonly dport?: number;
  /** TCP's flags as letters out of `SAFRPU`. */
  readonly flags?: string;
  /** SCTP's chunks, an INIT when left out; `ABORT:T` has the flag T. */
  readonly chunks?: readonly (Chunk | 'ABORT:T' | 'SHUTDOWN_COMPLETE:T')[];
  /** The tag that the packet carries, and the one that its sender's INIT or INIT_ACK asks for. */
  readonly tags?: { readonly carried: number; readonly asked: number };
  /** TCP's numbers; else drawn so that an answer can be known by them. */
  readonly seq?: number;
  readonly ack?: number;
  /** The room that TCP offers, in bytes: plenty when left out. */
  readonly window?: number;
  /** The largest segment that a SYN offers to take, in bytes: says none when left out. */
  readonly mss?: number;
  readonly icmp?: { readonly type: number; readonly code: number; readonly id: number };
  /** An ICMP error quotes this packet. */
  readonly about?: Packet;
  readonly ttl?: number;
  /** SO_MARK of the sender's socket. */
  readonly mark?: number;
  /** Bytes of the whole IP packet, at least 64. */
  readonly size?: number;
  readonly df?: boolean;
  readonly tos?: number;
};

/** Some fields of a packet: what a construct wants to be asked about. */
export type Aim = Partial<Omit<Packet, 'from' | 'through'>> & {
  /** It comes in from the wire as it is, with addresses that its sender's own stack would not send. */
  readonly onWire?: true;
};

/** Fields of a packet that a rule wants to be asked about, and where the rule stands. */
export type Aimed = Aim & { readonly near?: { readonly namespace: string; readonly hooks: readonly Hook[] } };

/** How far a segment's numbers are off what its end would say, and the room that it offers. */
export type Off = { readonly seq?: number; readonly ack?: number; readonly window?: number };

/** One step of a conversation; numbers name earlier steps of it. */
export type Step =
  | { readonly does: 'send'; readonly packet: Packet }
  /** Who received step `to` answers, with the addresses and ports as they arrived there. Left out when it did not arrive. */
  | { readonly does: 'answer'; readonly to: number; readonly flags?: string; readonly chunks?: Packet['chunks']; readonly off?: Off }
  /** Step `step` once more, from the same sender. */
  | { readonly does: 'again'; readonly step: number; readonly flags?: string; readonly chunks?: Packet['chunks']; readonly off?: Off }
  /** Who received step `to` (or `by`, a namespace on its way) sends an ICMP error that quotes it as it arrived there. */
  | { readonly does: 'error'; readonly to: number; readonly type: number; readonly code: number };

/** Packets that belong together, in order; each is sent when the one before has come to its end. */
export type Conversation = { readonly by: readonly string[]; readonly steps: readonly Step[] };
