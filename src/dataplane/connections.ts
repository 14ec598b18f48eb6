import type { Conntrack, ConntrackTuple } from '#facts/conntrack/conntrack';
import type { Partition } from '#facts/facts';
import type { Socket } from '#facts/socket/socket';
import { memoised } from './memo.ts';

/** Which of a connection's two tuples (enum ip_conntrack_dir). */
export type TupleDirection = 'original' | 'reply';

/** Captured connections by either of their tuples: `protocol source port destination port`. */
export type ConntrackTable = {
  readonly get: (key: string, direction: TupleDirection) => Conntrack | undefined;
  /** Those that one end opened, by `protocol address port` (nf_nat_bysource). */
  readonly from: (source: string) => readonly Conntrack[];
  /** No entry could be dropped to make room for another. */
  readonly allAssured: boolean;
};

export const conntrackTable = memoised((partition: Partition<'conntrack'>): ConntrackTable => {
  const table = { original: new Map<string, Conntrack>(), reply: new Map<string, Conntrack>() };
  for (const entry of partition.facts) {
    table.original.set(capturedKey(entry, entry.original, entry.zone ?? entry.zoneOriginal ?? 0), entry);
    table.reply.set(capturedKey(entry, entry.reply, entry.zone ?? entry.zoneReply ?? 0), entry);
  }
  let sources: ReadonlyMap<string, readonly Conntrack[]> | undefined;
  const from = (source: string): readonly Conntrack[] => {
    sources ??= Map.groupBy(partition.facts, (entry) => capturedSource(protocolOf(entry), entry.original));
    return sources.get(source) ?? [];
  };
  return { get: (key, direction) => table[direction].get(key), from, allAssured: partition.facts.every(({ assured }) => assured) };
});

/** An ICMP message as the port that it is sent to (dst.u.icmp of struct nf_conntrack_tuple): a request is not its answer. */
export const messagePort = ({ type, code }: { readonly type: number; readonly code: number }): number => type * 256 + code;

/** How a tuple is found again. ICMP queries are known by their id; a zone other than the default one keeps its own tuples. */
export const tupleKey = (
  protocol: string,
  source: string,
  sourcePort: number,
  destination: string,
  destinationPort: number,
  zone = 0,
): string => `${protocol} ${source} ${sourcePort} ${destination} ${destinationPort}${zone === 0 ? '' : ` zone ${zone}`}`;

/** The end that opens a connection; of ICMP queries their id is the port. */
export const sourceKey = (protocol: string, source: string, sourcePort: number): string => `${protocol} ${source} ${sourcePort}`;

const capturedSource = (protocol: string, { source, sourcePort, icmp }: ConntrackTuple): string =>
  sourceKey(protocol, source, icmp?.id ?? sourcePort ?? 0);

/** Protocols that conntrack lists as `unknown`, by their numbers (libnetfilter_conntrack's names). */
const UNNAMED: Readonly<Record<number, string>> = { 4: 'ipip', 41: 'ipv6', 50: 'esp', 51: 'ah' };

const protocolOf = ({ protocol, protocolNumber }: Conntrack): string =>
  protocol === 'unknown' ? (UNNAMED[protocolNumber] ?? protocol) : protocol;

/** How a tuple of an entry is found again. */
export const capturedKey = (entry: Conntrack, { source, destination, icmp, ...ports }: ConntrackTuple, zone: number): string =>
  icmp === null
    ? tupleKey(protocolOf(entry), source, ports.sourcePort ?? 0, destination, ports.destinationPort ?? 0, zone)
    : tupleKey(protocolOf(entry), source, icmp.id, destination, messagePort(icmp), zone);

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
