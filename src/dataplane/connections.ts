import type { Conntrack, ConntrackTuple } from '#facts/conntrack/conntrack';
import type { Partition } from '#facts/facts';
import type { Socket } from '#facts/socket/socket';
import { memoised } from './memo.ts';

/** Captured connections by either of their tuples: `protocol source port destination port`; of ICMP `icmp source id destination`. */
export const conntrackTable = memoised(
  (partition: Partition<'conntrack'>): ReadonlyMap<string, { readonly entry: Conntrack; readonly reply: boolean }> => {
    const table = new Map<string, { entry: Conntrack; reply: boolean }>();
    for (const entry of partition.facts) {
      table.set(capturedKey(entry.protocol, entry.original), { entry, reply: false });
      table.set(capturedKey(entry.protocol, entry.reply), { entry, reply: true });
    }
    return table;
  },
);

/** How a tuple is found again. ICMP queries are known by their id. */
export const tupleKey = (protocol: string, source: string, sourcePort: number, destination: string, destinationPort: number): string =>
  `${protocol} ${source} ${sourcePort} ${destination} ${destinationPort}`;

const capturedKey = (protocol: string, tuple: ConntrackTuple): string =>
  tuple.icmp === null
    ? tupleKey(protocol, tuple.source, tuple.sourcePort ?? 0, tuple.destination, tuple.destinationPort ?? 0)
    : tupleKey(protocol, tuple.source, tuple.icmp.id, tuple.destination, 0);

/** Sockets that take new connections or datagrams, by `protocol port`. */
export const listenerTable = memoised((partition: Partition<'socket'>): ReadonlyMap<string, readonly Socket[]> => {
  const table = new Map<string, Socket[]>();
  for (const socket of partition.facts) {
    const takes = socket.protocol === 'udp' ? (socket.remote?.address ?? null) === null : socket.state === 'LISTEN';
    if (!takes) continue;
    const key = `${socket.protocol} ${socket.local.port}`;
    table.set(key, [...(table.get(key) ?? []), socket]);
  }
  return table;
});
