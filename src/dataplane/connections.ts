import type { Conntrack, ConntrackTuple } from '#facts/conntrack/conntrack';
import type { Partition } from '#facts/facts';
import type { Socket } from '#facts/socket/socket';
import { memoised } from './memo.ts';

/** Captured connections by either of their tuples: `protocol source port destination port`; of ICMP `icmp source id destination`. */
export type ConntrackTable = {
  readonly get: (key: string) => { readonly entry: Conntrack; readonly reply: boolean } | undefined;
  /** No entry could be dropped to make room for another. */
  readonly allAssured: boolean;
};

export const conntrackTable = memoised((partition: Partition<'conntrack'>): ConntrackTable => {
  const table = new Map<string, { entry: Conntrack; reply: boolean }>();
  for (const entry of partition.facts) {
    table.set(capturedKey(entry, entry.original, entry.zone ?? entry.zoneOriginal ?? 0), { entry, reply: false });
    table.set(capturedKey(entry, entry.reply, entry.zone ?? entry.zoneReply ?? 0), { entry, reply: true });
  }
  return { get: (key) => table.get(key), allAssured: partition.facts.every(({ assured }) => assured) };
});

/** How a tuple is found again. ICMP queries are known by their id; a zone other than the default one keeps its own tuples. */
export const tupleKey = (
  protocol: string,
  source: string,
  sourcePort: number,
  destination: string,
  destinationPort: number,
  zone = 0,
): string => `${protocol} ${source} ${sourcePort} ${destination} ${destinationPort}${zone === 0 ? '' : ` zone ${zone}`}`;

const capturedKey = ({ protocol }: Conntrack, { source, destination, icmp, ...ports }: ConntrackTuple, zone: number): string =>
  icmp === null
    ? tupleKey(protocol, source, ports.sourcePort ?? 0, destination, ports.destinationPort ?? 0, zone)
    : tupleKey(protocol, source, icmp.id, destination, 0, zone);

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
