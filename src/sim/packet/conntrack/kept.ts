import type { TrackedConnection } from '../state.ts';
import { type Connection, inverted, tupleOf } from './connection.ts';

/** What stays of a connection when its packet has gone. */
export const keptOf = ({
  packet,
  original,
  reply,
  seenReply,
  mark,
  assured,
  zone,
  tcp,
  expires,
  captured,
  wasCaptured,
  drawn,
  ipvs,
  offloaded,
}: Connection): TrackedConnection => ({
  original: {
    ...packet,
    ...original,
    ...(packet.icmp === null ? {} : { sourcePort: 0, destinationPort: 0, icmp: { ...packet.icmp, id: original.sourcePort } }),
  },
  reply: packet.icmp === null ? reply : { ...reply, destinationPort: 0 },
  seenReply,
  mark,
  ...(assured === true ? { assured } : {}),
  ...(zone === undefined || (zone.original === 0 && zone.reply === 0) ? {} : { zone }),
  ...(tcp == null ? {} : { tcp }),
  ...(expires == null ? {} : { expires }),
  ...(drawn === undefined ? {} : { drawn }),
  ...(ipvs === undefined ? {} : { ipvs }),
  ...(offloaded === true ? { offloaded } : {}),
  ...(captured === null && wasCaptured !== true ? {} : { wasCaptured: true }),
});

/** The connection that stayed. */
export const connectionOf = ({
  original,
  reply,
  seenReply,
  mark,
  assured,
  zone,
  tcp,
  expires,
  wasCaptured,
  drawn,
  ipvs,
  offloaded,
}: TrackedConnection): Connection => ({
  protocol: original.protocol,
  packet: original,
  original: tupleOf(original),
  reply: original.icmp === null ? reply : { ...reply, destinationPort: inverted(tupleOf(original), original.protocol).destinationPort },
  seenReply,
  mark,
  assured: assured ?? false,
  ...(zone === undefined ? {} : { zone }),
  tcp: tcp ?? null,
  expires: expires ?? null,
  ...(wasCaptured === true ? { wasCaptured } : {}),
  ...(drawn === undefined ? {} : { drawn }),
  ...(ipvs === undefined ? {} : { ipvs }),
  ...(offloaded === true ? { offloaded } : {}),
  sourceDone: true,
  destinationDone: true,
  confirmed: true,
  boundBy: [],
  captured: null,
});

/** Whether nothing of a connection is another than when it was taken up: its parts are never changed in their place. */
export function isAsTaken(before: Connection, now: Connection): boolean {
  const fields: ReadonlyMap<string, unknown> = new Map(Object.entries(before));
  const all = Object.entries(now);
  return all.length === fields.size && all.every(([name, value]) => fields.get(name) === value);
}
