import { type Connection, DEFAULT_ZONE, inverted, keyOf, type Tuple } from '../conntrack/connection.ts';
import { findOne } from '../conntrack/find.ts';
import { kernelOf } from '../route/kernel.ts';
import { answerKey } from '../conntrack/noted-keys.ts';
import { placeText, type Run } from '../run.ts';
import { isEvicted, LAST_TRIES, mayGiveWay } from './evicted.ts';
import type { TupleDirection } from '#dataplane/connections';
import type { Stack } from '#dataplane/stack';
import type { Ports } from './range.ts';

type What = 'source' | 'destination';

/** What is asked of a port. */
export type PortWish = { readonly what: What; readonly ports: Ports | null; readonly random: boolean; readonly rule: string };

const MOST_TRIES = 128;
/** Of so many ports each is a way of its own. */
const FEW = 16;

/** Whether another connection uses a tuple (nf_nat_used_tuple): of this run, or captured; it is looked for where answers are. */
export const isTaken = (run: Run, stack: Stack, connection: Connection, candidate: Tuple): boolean =>
  isReplyTaken(run, stack, connection, inverted(candidate, connection.protocol));

/** The same of the tuple that answers have: whether another connection has it. */
export const isReplyTaken = (run: Run, stack: Stack, connection: Connection, reply: Tuple): boolean =>
  holderOf(run, stack, connection, reply) !== undefined;

/** The other connection that has the tuple of answers (nf_conntrack_tuple_taken). */
export function holderOf(run: Run, stack: Stack, connection: Connection, reply: Tuple): Connection | undefined {
  const { packet, zone = DEFAULT_ZONE } = connection;
  const key = keyOf(packet.protocol, reply, zone.reply);
  const another = (direction: TupleDirection): Connection | undefined => {
    const found = findOne(run, stack, packet, key, direction)?.connection;
    return found === connection ? undefined : found;
  };
  return (zone.original === zone.reply ? another('original') : undefined) ?? another('reply');
}

/**
 * Whether a source may not stay as it is: another connection has the tuple, but of UDP for one without NAT that is the very reverse
 * (nf_nat_used_tuple_new, allow_clash), which only shows when the connection is put into the table.
 */
export function isOwnTaken(run: Run, stack: Stack, connection: Connection): boolean {
  const holder = holderOf(run, stack, connection, connection.reply);
  return holder !== undefined && (connection.protocol !== 'udp' || isTranslated(holder) || !isReverse(holder, connection));
}

const isTranslated = ({ original, reply, protocol }: Connection): boolean =>
  keyOf(protocol, inverted(original, protocol)) !== keyOf(protocol, reply);

const isReverse = (one: Connection, { protocol, original, reply }: Connection): boolean =>
  keyOf(protocol, one.original) === keyOf(protocol, reply) && keyOf(protocol, one.reply) === keyOf(protocol, original);

/** Whether a connection that is gone used a tuple: dice hardly ever show it once more. */
const wasTaken = (run: Run, stack: Stack, { protocol }: Connection, candidate: Tuple): boolean =>
  run.notes.isForgotten(answerKey(stack, protocol, inverted(candidate, protocol)));

const portAt = (tuple: Tuple, what: What): number => (what === 'source' ? tuple.sourcePort : tuple.destinationPort);
const withPort = (tuple: Tuple, what: What, port: number): Tuple =>
  what === 'source' ? { ...tuple, sourcePort: port } : { ...tuple, destinationPort: port };

const isIcmp = ({ protocol }: Connection): boolean => protocol === 'icmp' || protocol === 'icmpv6';

const WITH_PORT: ReadonlySet<Connection['protocol']> = new Set(['tcp', 'udp', 'sctp', 'icmp', 'icmpv6']);

/** Whether nothing of a connection but its addresses tells it from another one: no port, no id; GRE of no PPTP (nf_nat_l4proto_unique_tuple). */
export const isPortless = ({ protocol }: Connection): boolean => !WITH_PORT.has(protocol);

/**
 * The tuple with a port that nobody else uses, changed only where it must be (get_unique_tuple, nf_nat_l4proto_unique_tuple); what has
 * none stays, and is lost where another connection has its tuple (`confirmed` of `../netfilter/hook.ts`).
 * Where the kernel draws one at random, any of the range may come: the choice names it, and the packet shows one that is free.
 */
export function withFreePort(run: Run, stack: Stack, connection: Connection, tuple: Tuple, wish: PortWish): Tuple {
  const { what, ports, random } = wish;
  if (isPortless(connection)) return tuple;
  const port = portAt(tuple, key(connection, what));
  if (!random) {
    const fits = ports === null || (ports.base === null && port >= ports.from && port <= ports.to);
    const isOnly = ports !== null && ports.from === ports.to;
    if (fits && (isOnly || !isTaken(run, stack, connection, tuple))) return tuple;
  }
  if (ports === null && what === 'destination' && !isIcmp(connection)) return tuple;
  const range = rangeFor(connection, port, ports);
  const size = range.to - range.from + 1;
  // up to Linux 6.7 ports of a destination were drawn too; who listens on them decides what comes of the packet
  const drawnTo = ports?.base == null && !random && what === 'destination' && !kernelOf(stack, [6, 8]);
  const drawn = ports?.base == null && (random || what === 'source' || drawnTo);
  const isPicked = drawnTo && size <= FEW;
  const over = drawn && !isPicked && size > 1 ? metOver(run, stack, connection, tuple, wish, range) : undefined;
  const start = isPicked ? pickedPort(run, stack, wish, range) : startOf(port, range) + (random ? 1 : 0);
  const first = over ?? (ports?.base != null ? port - ports.base : drawn ? start : 0);
  const isDie = random || (drawn && size > FEW);
  const taken = (candidate: Tuple, left: number): boolean =>
    isHeld(run, stack, connection, candidate, size === 1 || !drawn || isPicked || over !== undefined ? left : null) ||
    (isDie && wasTaken(run, stack, connection, candidate));
  const found = firstFree(withPort(tuple, key(connection, what), 0), key(connection, what), range, first, taken);
  if (drawn && size > 1 && over === undefined) {
    announce(run, stack, wish, range);
    connection.drawn = { what, range: [range.from, range.to] };
  }
  return found;
}

/**
 * Of so few ports that each try may take that of a connection that is over: which such one the draw meets first, by how many of the range
 * lead there; nothing where it meets a free one, which is then any of them. Of more ports all tries but the last would have to meet those
 * that others keep.
 */
function metOver(
  run: Run,
  stack: Stack,
  connection: Connection,
  tuple: Tuple,
  { what, rule }: PortWish,
  { from, to }: PortRange,
): number | undefined {
  const size = to - from + 1;
  if (size > LAST_TRIES || connection.tcp?.state !== 'SYN_SENT') return undefined;
  const uses = Array.from({ length: size }, (_, at) => {
    const candidate = withPort(tuple, key(connection, what), from + at);
    const holder = holderOf(run, stack, connection, inverted(candidate, connection.protocol));
    return holder === undefined ? 'free' : mayGiveWay(stack, connection, holder) ? 'over' : 'kept';
  });
  if (!uses.includes('over')) return undefined;
  const met = uses.map((_, start) => (start + [...uses.slice(start), ...uses.slice(0, start)].findIndex((use) => use !== 'kept')) % size);
  const share = (isMet: (at: number) => boolean): number => met.filter(isMet).length / size;
  const free = share((at) => uses[at] === 'free');
  const over = uses.flatMap((use, at) => (use === 'over' ? [at] : []));
  const options = [
    ...over.map((at) => ({ name: `${from + at}, whose connection is over`, probability: share((one) => one === at) })),
    ...(free > 0 ? [{ name: 'a free one', probability: free }] : []),
  ];
  return over[run.pick({ at: `${placeText(stack)} ${rule} port in use`, of: 'nat port', scope: 'connection', options })];
}

/** Whether another connection has a tuple and keeps it; `left`: on which of the last tries it might not, `null` of those that are any of a range. */
function isHeld(run: Run, stack: Stack, connection: Connection, candidate: Tuple, left: number | null): boolean {
  const holder = holderOf(run, stack, connection, inverted(candidate, connection.protocol));
  return holder !== undefined && (left === null || !isEvicted(run, stack, connection, holder, left));
}

/** An ICMP id is always the source port. */
const key = (connection: Connection, what: What): What => (isIcmp(connection) ? 'source' : what);

/** What is counted from a base, or on, is a u16 (nf_nat_l4proto_unique_tuple). */
const U16 = 0xffff;

type PortRange = { readonly from: number; readonly to: number };

/** Without a range given, a port stays among its kind: below 512, below 1024, or above. */
function rangeFor(connection: Connection, port: number, ports: Ports | null): PortRange {
  if (ports !== null) return ports;
  if (isIcmp(connection)) return { from: 0, to: 65535 };
  if (port < 512) return { from: 1, to: 511 };
  return port < 1024 ? { from: 600, to: 1023 } : { from: 1024, to: 65535 };
}

/** Of ports that are drawn the one is shown that changes least; at random its own hardly ever comes. */
const startOf = (port: number, { from, to }: PortRange): number => (port >= from && port <= to ? port - from : 0);

/** The first that is free; `taken` is told how many tries are left. */
function firstFree(
  tuple: Tuple,
  what: What,
  { from, to }: PortRange,
  first: number,
  taken: (tuple: Tuple, left: number) => boolean,
): Tuple {
  const size = to - from + 1;
  let candidate = tuple;
  const most = Math.min(size, MOST_TRIES);
  for (let tries = 0; tries < most; tries++) {
    candidate = withPort(tuple, what, from + (((first + tries) & U16) % size));
    if (!taken(candidate, most - tries)) return candidate;
  }
  return candidate;
}

/** Which port of a few was drawn. */
function pickedPort(run: Run, stack: Stack, { rule }: PortWish, { from, to }: PortRange): number {
  const size = to - from + 1;
  const options = Array.from({ length: size }, (_, at) => ({ name: `${from + at}`, probability: 1 / size }));
  return run.pick({ at: `${placeText(stack)} ${rule} port of a few`, of: 'nat port', scope: 'connection', options });
}

/** Names a port that was drawn: one choice with a single option, the range. */
function announce(run: Run, stack: Stack, { rule }: PortWish, { from, to }: PortRange): void {
  const options = [{ name: `${from}-${to}`, probability: 1 }];
  run.pick({ at: `${placeText(stack)} ${rule} port`, of: 'nat port', scope: 'connection', options });
}
