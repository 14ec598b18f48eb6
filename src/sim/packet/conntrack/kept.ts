import type { TupleDirection } from '#dataplane/connections';
import { memoised } from '#dataplane/memo';
import type { TrackedConnection } from '../state.ts';
import { type Connection, inverted, isCaptured, keyOf, type Nat, tupleOf } from './connection.ts';

/** What stays of a connection when its packet has gone. */
export const keptOf = (connection: Connection): TrackedConnection => {
  const { packet, original, reply, assured = false, began = 0, zone, tcp, sctp, expires, sourceDone, destinationDone } = connection;
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
    ...(isCaptured(connection) ? { wasCaptured: true } : {}),
    ...(sourceDone && destinationDone ? {} : { natDone: { source: sourceDone, destination: destinationDone } }),
  };
};

/** A connection that stayed, as runs take it up (each a copy: its parts are never changed in their place), and how its tuples are found. */
export type Taken = { readonly connection: Readonly<Connection>; readonly keys: Readonly<Record<TupleDirection, string>> };

/** The same of what stayed; every packet that comes after takes up all that did. */
export const takenFrom = memoised((kept: TrackedConnection): Taken => {
  const connection = connectionOf(kept);
  return { connection, keys: { original: keyIn(connection, 'original'), reply: keyIn(connection, 'reply') } };
});

/** How a connection's tuple of one direction is found, in its zone. */
export const keyIn = (connection: Connection, direction: TupleDirection): string =>
  keyOf(connection.protocol, connection[direction], connection.zone?.[direction]);

const connectionOf = (kept: TrackedConnection): Connection => {
  const { original, reply, assured = false, began = 0, zone, tcp, sctp, expires, wasCaptured, natDone = BOTH } = kept;
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
    sourceDone: natDone.source,
    destinationDone: natDone.destination,
    confirmed: true,
    boundBy: [],
    captured: null,
  };
};

const BOTH: Nat = { source: true, destination: true };

/** What is the same on both sides. */
const lasting = ({
  seenReply,
  mark,
  nat,
  masqueraded,
  drawn,
  ipvs,
  offloaded,
}: Pick<Connection, 'seenReply' | 'mark' | 'nat' | 'masqueraded' | 'drawn' | 'ipvs' | 'offloaded'>) => ({
  seenReply,
  mark,
  ...(nat === undefined ? {} : { nat }),
  ...(masqueraded === undefined ? {} : { masqueraded }),
  ...(drawn === undefined ? {} : { drawn }),
  ...(ipvs === undefined ? {} : { ipvs }),
  ...(offloaded === true ? { offloaded } : {}),
});

/** Whether nothing of a connection is another than when it was taken up. */
export const isAsTaken = (before: Readonly<Connection>, now: Connection): boolean => isAlike(before, now);

function isAlike<T extends object>(before: T, now: T): boolean {
  let fields = 0;
  for (const name in now) {
    if (now[name] !== before[name]) return false;
    fields++;
  }
  return fields === Object.keys(before).length;
}
