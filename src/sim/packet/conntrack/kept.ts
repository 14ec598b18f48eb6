import type { TrackedConnection } from '../state.ts';
import { type Connection, inverted, tupleOf } from './connection.ts';

/** What stays of a connection when its packet has gone. */
export const keptOf = (connection: Connection): TrackedConnection => {
  const { packet, original, reply, assured = false, began = 0, zone, tcp, sctp, expires, captured, wasCaptured } = connection;
  return {
    original: {
      ...packet,
      ...original,
      ...(packet.icmp === null ? {} : { sourcePort: 0, destinationPort: 0, icmp: { ...packet.icmp, id: original.sourcePort } }),
    },
    reply: packet.icmp === null ? reply : { ...reply, destinationPort: 0 },
    ...lasting(connection),
    ...(assured === false ? {} : { assured }),
    ...(began === 0 ? {} : { began }),
    ...(zone === undefined || (zone.original === 0 && zone.reply === 0) ? {} : { zone }),
    ...(tcp == null ? {} : { tcp }),
    ...(sctp == null ? {} : { sctp }),
    ...(expires == null ? {} : { expires }),
    ...(captured === null && wasCaptured !== true ? {} : { wasCaptured: true }),
  };
};

/** The connection that stayed. */
export const connectionOf = (kept: TrackedConnection): Connection => {
  const { original, reply, assured = false, began = 0, zone, tcp, sctp, expires, wasCaptured } = kept;
  return {
    protocol: original.protocol,
    packet: original,
    original: tupleOf(original),
    reply: original.icmp === null ? reply : { ...reply, destinationPort: inverted(tupleOf(original), original.protocol).destinationPort },
    ...lasting(kept),
    assured,
    began,
    ...(zone === undefined ? {} : { zone }),
    tcp: tcp ?? null,
    sctp: sctp ?? null,
    expires: expires ?? null,
    ...(wasCaptured === true ? { wasCaptured } : {}),
    sourceDone: true,
    destinationDone: true,
    confirmed: true,
    boundBy: [],
    captured: null,
  };
};

/** What is the same on both sides. */
const lasting = ({ seenReply, mark, drawn, ipvs, offloaded }: Pick<Connection, 'seenReply' | 'mark' | 'drawn' | 'ipvs' | 'offloaded'>) => ({
  seenReply,
  mark,
  ...(drawn === undefined ? {} : { drawn }),
  ...(ipvs === undefined ? {} : { ipvs }),
  ...(offloaded === true ? { offloaded } : {}),
});

/** Whether nothing of a connection is another than when it was taken up: its parts are never changed in their place. */
export function isAsTaken(before: Connection, now: Connection): boolean {
  const fields: ReadonlyMap<string, unknown> = new Map(Object.entries(before));
  const all = Object.entries(now);
  return all.length === fields.size && all.every(([name, value]) => fields.get(name) === value);
}
