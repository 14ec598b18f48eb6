import { tupleKey } from '#dataplane/connections';
import type { Ip } from '#net/ip';
import type { FactRef } from '../outcome.ts';
import type { Packet } from '../packet.ts';

/** Addresses and ports of one direction (struct nf_conntrack_tuple); for ICMP queries the source port is their id. */
export type Tuple = { readonly source: Ip; readonly destination: Ip; readonly sourcePort: number; readonly destinationPort: number };

/** A connection that a namespace tracks (struct nf_conn). Mutable while a packet walks; `confirmed` puts it into the table. */
export type Connection = {
  readonly protocol: Packet['protocol'];
  /** The packet that made it. */
  readonly packet: Packet;
  readonly original: Tuple;
  reply: Tuple;
  seenReply: boolean;
  mark: number;
  /** Set once the nat table was asked for this direction (nf_nat_initialized). */
  sourceDone: boolean;
  destinationDone: boolean;
  confirmed: boolean;
  /** The rules that gave it its NAT. */
  boundBy: readonly FactRef[];
  /** The captured entry that it is. */
  readonly captured: FactRef | null;
};

/** A packet's connection and how it belongs to it (enum ip_conntrack_info). */
export type Track = {
  readonly connection: Connection | null;
  readonly state: 'NEW' | 'ESTABLISHED' | 'RELATED' | 'INVALID' | 'UNTRACKED';
  readonly direction: 'original' | 'reply';
};

export const UNTRACKED: Track = { connection: null, state: 'UNTRACKED', direction: 'original' };
export const INVALID: Track = { connection: null, state: 'INVALID', direction: 'original' };

const ECHO = new Set([0, 8, 128, 129]);
/** Queries and replies that open a connection (icmp_pkt_to_tuple, valid_new). */
export const isEcho = (packet: Packet): boolean => packet.icmp !== null && ECHO.has(packet.icmp.type);
export const isEchoRequest = (packet: Packet): boolean => packet.icmp?.type === 8 || packet.icmp?.type === 128;

/** The tuple of a packet. */
export function tupleOf(packet: Packet): Tuple {
  const { source, destination } = packet;
  if (packet.icmp !== null) return { source, destination, sourcePort: packet.icmp.id, destinationPort: 0 };
  return { source, destination, sourcePort: packet.sourcePort, destinationPort: packet.destinationPort };
}

/** The tuple that an answer carries. An ICMP id stays the source port on both ways. */
export function inverted(tuple: Tuple, protocol: Packet['protocol']): Tuple {
  const ports =
    protocol === 'icmp' || protocol === 'icmpv6'
      ? { sourcePort: tuple.sourcePort, destinationPort: 0 }
      : { sourcePort: tuple.destinationPort, destinationPort: tuple.sourcePort };
  return { source: tuple.destination, destination: tuple.source, ...ports };
}

export const keyOf = (protocol: Packet['protocol'], tuple: Tuple): string =>
  tupleKey(protocol, tuple.source, tuple.sourcePort, tuple.destination, tuple.destinationPort);

/** Whether the connection's source or destination was rewritten (IPS_SRC_NAT, IPS_DST_NAT). */
export function natOf({ original, reply, protocol }: Connection): { readonly source: boolean; readonly destination: boolean } {
  const plain = inverted(original, protocol);
  return {
    source: reply.destination !== plain.destination || (protocol !== 'icmp' && reply.destinationPort !== plain.destinationPort),
    destination: reply.source !== plain.source || (protocol !== 'icmp' && reply.sourcePort !== plain.sourcePort),
  };
}
