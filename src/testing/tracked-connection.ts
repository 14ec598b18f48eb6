import { type Connection, inverted, type Tuple } from '#sim/packet/conntrack/connection';
import type { Packet } from '#sim/packet/packet';

/** A connection as it stands in the table without NAT, opened by a packet with that tuple. */
export const trackedConnection = (
  packet: Packet,
  protocol: Packet['protocol'],
  original: Tuple,
  more: Partial<Connection> = {},
): Connection => ({
  protocol,
  packet,
  original,
  reply: inverted(original, protocol),
  seenReply: false,
  mark: 0,
  sourceDone: true,
  destinationDone: true,
  confirmed: true,
  boundBy: [],
  captured: null,
  ...more,
});
