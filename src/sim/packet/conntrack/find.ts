import type { Conntrack, ConntrackTuple } from '#facts/conntrack/conntrack';
import { capturedKey, messagePort, sourceKey, type TupleDirection } from '#dataplane/connections';
import { ipvsKey } from '#dataplane/ipvs';
import type { Stack } from '#dataplane/stack';
import type { Packet } from '../packet.ts';
import type { Found, Run } from '../run.ts';
import { untold } from '../untold.ts';
import { type Connection, DEFAULT_ZONE, isCaptured, keyOf, type Tuple, type Zone } from './connection.ts';
import { adopted } from './drawn-ports.ts';
import { isForgotten } from './life.ts';
import { sctpFrom } from './sctp.ts';
import { tcpFrom } from './tcp.ts';

/**
 * A connection of this run, else one that the capture shows; none that is forgotten by now (__nf_conntrack_find_get). A zone of one
 * direction lets one's requests and another's answers have the same tuple: the bucket begins with what came last
 * (__nf_conntrack_hash_insert). That of the zone for requests is looked through before another for answers (resolve_normal_ct).
 */
export function find(run: Run, stack: Stack, packet: Packet, tuple: Tuple, zone: Zone = DEFAULT_ZONE): Found | undefined {
  const key = keyOf(packet.protocol, tuple, zone.original);
  const asked = findOne(run, stack, packet, key, 'original');
  const isOneBucket = zone.reply === zone.original;
  if (asked !== undefined && !isOneBucket) return asked;
  const answered = findOne(run, stack, packet, isOneBucket ? key : keyOf(packet.protocol, tuple, zone.reply), 'reply');
  if (asked === undefined) return answered ?? adopted(run, stack, packet, tuple, zone.reply);
  if (answered === undefined) return asked;
  // what talks to itself without ports, or from the port that it asks for: both of its tuples are one, and its answers' is put in last
  const isOne = answered.connection === asked.connection;
  return isOne || (run.isNewer(stack, answered.connection, asked.connection) ?? isUntoldNewer(run, stack, tuple)) ? answered : asked;
}

/** Which of two captured connections with one tuple came last: no list shows the order of a bucket. */
function isUntoldNewer(run: Run, stack: Stack, { source, sourcePort, destination, destinationPort }: Tuple): boolean {
  const what = `${source}:${sourcePort} → ${destination}:${destinationPort}`;
  const detail = `which of two captured connections with the tuple ${what} came last is not told`;
  const options = ['that which it answers', 'that which it asks'];
  return untold(run, stack, { at: `connection of ${what}`, of: 'bucket', options, detail }) === 0;
}

/** The connection whose tuple of one direction has this key, in the zone that holds for that direction (nf_ct_key_equal). */
export function findOne(run: Run, stack: Stack, packet: Packet, key: string, direction: TupleDirection): Found | undefined {
  const own = run.connection(stack, key, direction);
  if (own !== undefined) return isForgotten(run, stack, own) ? undefined : { connection: own, direction };
  const { connections } = stack;
  const entry = connections.is === 'seen' ? connections.table.get(key, direction) : undefined;
  if (entry === undefined || isOutlived(entry, run.at) || inItsPlace(run, stack, entry) !== undefined) return undefined;
  const connection = connectionOf(stack, packet, entry);
  run.confirm(stack, connection);
  return { connection, direction };
}

/** Connections that the same end opened: of this run, the newest first, and captured ones, whose order nobody told (nf_nat_bysource). */
export function openedBy(run: Run, stack: Stack, { protocol, packet, original, zone }: Connection) {
  const source = sourceKey(protocol, original.source, original.sourcePort);
  const isSame = (other: Zone | undefined): boolean => (other ?? DEFAULT_ZONE).original === (zone ?? DEFAULT_ZONE).original;
  const { connections } = stack;
  const entries = connections.is === 'seen' ? connections.table.from(source) : [];
  return {
    own: run.from(stack, source).filter((one) => isSame(one.zone) && !isForgotten(run, stack, one)),
    captured: entries
      .filter((entry) => isSame(zoneOf(entry)) && !isOutlived(entry, run.at) && isStillThere(run, stack, entry))
      .map((entry) => connectionOf(stack, packet, entry)),
  };
}

/** An entry that outlived its timeout when the packet comes. */
const isOutlived = ({ timeoutSeconds }: Conntrack, at: number): boolean => typeof timeoutSeconds === 'number' && timeoutSeconds * 1000 < at;

/**
 * What this run has under the tuple that a captured entry began with: itself once a packet took it up, else what came after it. A
 * connection that is taken out goes from both of its lists at once (net/netfilter/nf_conntrack_core.c clean_from_lists).
 */
const inItsPlace = (run: Run, stack: Stack, entry: Conntrack): Connection | undefined =>
  run.connection(stack, capturedKey(entry, entry.original, zoneOf(entry).original), 'original');

/** Whether a captured entry still tells what its end became: one that was taken out does not (net/netfilter/nf_nat_core.c nf_nat_cleanup_conntrack). */
function isStillThere(run: Run, stack: Stack, entry: Conntrack): boolean {
  const own = inItsPlace(run, stack, entry);
  return own === undefined || (isCaptured(own) && !isForgotten(run, stack, own));
}

const tupleFrom = (tuple: ConntrackTuple): Tuple => ({
  source: tuple.source,
  destination: tuple.destination,
  sourcePort: tuple.icmp?.id ?? tuple.sourcePort ?? 0,
  destinationPort: tuple.icmp === null ? (tuple.destinationPort ?? 0) : messagePort(tuple.icmp),
});

const connectionOf = (stack: Stack, packet: Packet, entry: Conntrack): Connection => ({
  protocol: packet.protocol,
  packet: packet.icmp === null ? packet : { ...packet, icmp: { ...packet.icmp, ...entry.original.icmp } },
  original: tupleFrom(entry.original),
  reply: tupleFrom(entry.reply),
  zone: zoneOf(entry),
  seenReply: !entry.unreplied,
  // which of its words a taken entry shows hides whether it is assured; TCP is
  assured: entry.assured || (entry.offloaded === true && entry.protocol === 'tcp'),
  ...(entry.offloaded === true ? { offloaded: true } : {}),
  tcp: entry.protocol === 'tcp' ? tcpFrom(entry.state) : null,
  sctp: entry.protocol === 'sctp' ? sctpFrom(entry.state) : null,
  mark: entry.mark ?? 0,
  sourceDone: true,
  destinationDone: true,
  confirmed: true,
  expires: typeof entry.timeoutSeconds === 'number' ? entry.timeoutSeconds * 1000 : null,
  boundBy: [],
  ...(isBalanced(stack, entry) ? { ipvs: 'destination' as const } : {}),
  captured: stack.cite('conntrack', entry),
});

/**
 * An entry whose answers IPVS made come from a real server: of a connection that IPVS has itself, or had, where it is one of the
 * virtual server's. What NAT led elsewhere IPVS never saw, though a virtual server has the address (nf_nat_inet_fn in PREROUTING).
 */
function isBalanced({ ipvsServices, ipvsConnections }: Stack, { protocol, original, reply }: Conntrack): boolean {
  const { source, sourcePort = 0, destination, destinationPort = 0 } = original;
  const key = ipvsKey(protocol, source, sourcePort ?? 0, destination, destinationPort ?? 0);
  if (ipvsConnections.is === 'seen' && ipvsConnections.table.requests.has(key)) return true;
  const service = ipvsServices.is === 'seen' ? ipvsServices.table.get(`${protocol} ${destination} ${destinationPort}`) : undefined;
  if (service === undefined) return false;
  const isOfIts = service.servers.some(({ address, port }) => address === reply.source && port === reply.sourcePort);
  return isOfIts || ipvsConnections.is === 'gap' || !ipvsConnections.complete;
}

const zoneOf = ({ zone, zoneOriginal, zoneReply }: Conntrack): Zone => ({
  original: zone ?? zoneOriginal ?? 0,
  reply: zone ?? zoneReply ?? 0,
});
