import { isLate } from '../judge/compare.ts';
import type { ModelConnection, ModelHeader } from '../stage/model.ts';
import { isLearnt, type Judged, type Told } from './ask.ts';
import { type Gone, goneBy, isOthers, notGone } from './gone.ts';
import { isTunnel, seenKeys, type TunnelPorts, tunnelPortsOf } from './tunnel-ports.ts';

/** A connection that one side tracks and the other does not, or not so. */
export type Disconnected = { readonly says: string; readonly conversation: number };

/** One entry of `conntrack -L`. */
type Entry = { readonly reply: string; readonly unreplied: boolean; readonly mark: number };

/** A namespace's table, by protocol, zone and original tuple. */
export type Table = ReadonlyMap<string, Entry>;

/**
 * What prints a namespace's table, of both families; to walk the kernel's table, which all namespaces share, takes milliseconds, so not
 * for nothing. The shell reads the count's first digit, which is no zero but of zero.
 */
export const LISTED = 'read -r count </proc/sys/net/netfilter/nf_conntrack_count; test "$count" = 0 || conntrack -L 2>/dev/null';

/** The table that this text tells. */
export const tableOf = (text: string): Table => new Map(text.split('\n').flatMap(entryOf));

function entryOf(line: string): readonly (readonly [string, Entry])[] {
  const [, named, number = ''] = /^(\w+) +(\d+) /.exec(line) ?? [];
  const protocol = named === 'unknown' ? WITHOUT_PORTS[number] : named;
  const tuples = [...line.matchAll(/src=(\S+) dst=(\S+) (?:sport=(\d+) dport=(\d+)|type=\d+ code=\d+ id=(\d+)|)/g)].map(
    ([, source = '', destination = '', sport, dport, id]) =>
      `${plain(source)} ${plain(destination)} ${id ?? `${sport ?? 0} ${dport ?? 0}`}`,
  );
  const [original, reply] = tuples;
  if (protocol === undefined || original === undefined || reply === undefined) return [];
  const whole = zoneIn(line, 'zone');
  const zone = { original: whole ?? zoneIn(line, 'zone-orig') ?? 0, reply: whole ?? zoneIn(line, 'zone-reply') ?? 0 };
  return [
    [
      `${zoned(protocol, zone)} ${original}`,
      { reply, unreplied: line.includes('[UNREPLIED]'), mark: Number(/mark=(\d+)/.exec(line)?.[1] ?? 0) },
    ],
  ];
}

/** An address of IPv6 that carries one of IPv4 is printed with that (inet_ntop); the model has it as any other. */
const plain = (address: string): string =>
  address.replace(/^::ffff:(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...bytes: readonly string[]) => {
    const [first = 0, second = 0, third = 0, fourth = 0] = bytes.slice(0, 4).map(Number);
    return `::ffff:${(first * 256 + second).toString(16)}:${(third * 256 + fourth).toString(16)}`;
  });

/** What a tunnel wraps is tracked by its addresses alone, and listed as `unknown` (net/netfilter/nf_conntrack_proto_generic.c). */
const WITHOUT_PORTS: Readonly<Record<string, string>> = { 4: 'ipip', 41: 'ipv6', 50: 'esp', 51: 'ah' };

function zoneIn(line: string, name: string): number | undefined {
  const [, number] = new RegExp(` ${name}=(\\d+)`).exec(line) ?? [];
  return number === undefined ? undefined : Number(number);
}

/** The same tuple may be tracked in several zones. */
const zoned = (protocol: string, { original, reply }: NonNullable<ModelConnection['zone']>): string =>
  original === 0 && reply === 0 ? protocol : `${protocol}@${original}/${reply}`;

const NO_ZONE = { original: 0, reply: 0 };

const isEcho = (protocol: string): boolean => protocol === 'icmp' || protocol === 'icmpv6';

/** How the original tuple of a model's connection stands in a table. */
export function modelKey({ original, zone = NO_ZONE }: Pick<ModelConnection, 'original' | 'zone'>): string {
  const { protocol, source, destination, icmp, sport = 0, dport = 0 } = original;
  return `${zoned(protocol, zone)} ${source} ${destination} ${isEcho(protocol) ? (icmp?.id ?? 0) : `${sport} ${dport}`}`;
}

/** The same with its namespace. */
const placed = (one: ModelConnection): string => `${one.namespace} ${modelKey(one)}`;

/** The same of its reply. */
export function modelReply({ original: { protocol }, reply }: ModelConnection): string {
  return `${reply.source} ${reply.destination} ${isEcho(protocol) ? reply.sourcePort : `${reply.sourcePort} ${reply.destinationPort}`}`;
}

/** How much of a connection of the model a table shows in the end: nothing, its tuples, or all of it; where a port was drawn, any entry may be it. */
export function shown(table: Table | undefined, connection: ModelConnection): 0 | 1 | 2 {
  const keys = isDrawn(connection) ? [...(table?.keys() ?? [])].filter((key) => fits(key, connection)) : [modelKey(connection)];
  const entries = keys.flatMap((key) => table?.get(key) ?? []);
  const reply = modelReply(connection);
  if (entries.some((entry) => differenceOf(entry, reply, connection) === undefined)) return 2;
  return isDrawn(connection) || connection.drawn || entries.some((entry) => entry.reply === reply) ? 1 : 0;
}

/** A conversation as far as it was asked about. */
type Ended = Pick<Told, 'skipped' | 'left'> & {
  readonly judged: readonly (Pick<Judged, 'is' | 'matching' | 'doubtful'> & { readonly sent: Pick<Judged['sent'], 'seen'> })[];
};

/** Compares what the model says is tracked in the end with the kernel's tables; `known` was tracked before. */
export function disconnected(
  told: readonly Ended[],
  tables: ReadonlyMap<string, Table>,
  known: ReadonlyMap<string, Table>,
): readonly Disconnected[] {
  const found: Disconnected[] = [];
  // what was there before is no connection of which a port was drawn since
  const claimed: Claimed = new Map([...tables.keys()].map((namespace) => [namespace, new Set(known.get(namespace)?.keys())]));
  const isBlind = told.some(({ skipped }) => skipped > 0);
  const gone = goneBy(told, placed);
  const ends = told.flatMap(({ judged, skipped, left }, conversation) =>
    // a packet that was not asked about may have ended or answered them
    skipped > 0 || !judged.every(isKnown)
      ? []
      : [
          {
            conversation,
            last: (left ?? (judged.at(-1)?.matching ?? []).map(({ connections }) => connections)).map((connections) =>
              connections.flatMap((one) =>
                (isOthers(gone, conversation, placed(one)) && isAsBefore(known, one)) || isNotYet(judged, tables, one)
                  ? []
                  : [isMarkedLate(judged, one) ? markedAs(tables, one) : one],
              ),
            ),
            ports: tunnelPortsOf(judged),
          },
        ],
  );
  // entries whose ports are known first: what is left is for those of which a port was drawn
  for (const { last, ports } of ends)
    for (const one of last.flat()) for (const key of knownKeys(one, ports)) claimed.get(one.namespace)?.add(key);
  for (const { conversation, last, ports } of ends) {
    const each = last.map((connections) => entriesFor(tables, connections, claimed, ports));
    const right = each.find((entries) => entries.every(({ says }) => says === undefined));
    for (const { namespace, key } of right ?? each[0] ?? []) claimed.get(namespace)?.add(key);
    if (right === undefined) found.push(...(each[0] ?? []).flatMap(({ says }) => (says === undefined ? [] : [{ conversation, says }])));
  }
  if (isBlind || !told.every(({ judged }) => judged.every(isKnown))) return found;
  for (const [namespace, table] of tables) {
    for (const key of table.keys()) {
      if (claimed.get(namespace)?.has(key) !== true)
        found.push({ conversation: -1, says: `${namespace} tracks ${key}, in the model it does not` });
    }
  }
  return [...found, ...stillThere(gone, tables, ends)];
}

/** What conversations ended and the kernel tracks all the same. */
function stillThere(
  gone: Gone,
  tables: ReadonlyMap<string, Table>,
  ends: readonly { readonly last: readonly (readonly ModelConnection[])[] }[],
): readonly Disconnected[] {
  const there = new Set([...tables].flatMap(([namespace, table]) => [...table.keys()].map((key) => `${namespace} ${key}`)));
  const left = new Set(ends.flatMap(({ last }) => last.flat().map(placed)));
  return notGone(gone, (key) => there.has(key), left).map(({ key, conversation }) => ({
    conversation,
    says: `${key} is tracked still, in the model it was ended`,
  }));
}

/** Whether a conversation left a connection as it was tracked before it: it may have looked at it only, and tells nothing of what others did. */
function isAsBefore(known: ReadonlyMap<string, Table>, one: ModelConnection): boolean {
  const entry = known.get(one.namespace)?.get(modelKey(one));
  return entry !== undefined && differenceOf(entry, modelReply(one), one) === undefined;
}

/** Whether a rule of the connection's namespace counted a packet that comes after seconds: it may not have marked the connection yet. */
const isMarkedLate = (judged: Ended['judged'], { namespace }: ModelConnection): boolean =>
  judged.some(({ matching }) =>
    matching.some(({ walks }) => walks.some((walk) => isLate(walk) && walk.counted.some((rule) => rule.includes(`/netns/${namespace}/`)))),
  );

/**
 * Whether a connection comes into the table seconds later: a rule rejected its packet, and what tracks it is the error that tells its
 * reset's silent neighbour (net/ipv4/icmp.c icmp_glue_bits, net/netfilter/nf_conntrack_core.c nf_conntrack_attach).
 */
const isNotYet = (judged: Ended['judged'], tables: ReadonlyMap<string, Table>, one: ModelConnection): boolean =>
  tables.get(one.namespace)?.has(modelKey(one)) !== true &&
  judged.some(({ matching }) =>
    matching.some(
      ({ walks }) =>
        walks.some(({ disposition, at }) => disposition === 'rejected' && at[0] === one.namespace) &&
        walks.some((walk) => isLate(walk) && walk.at[0] === one.namespace && goesBack(walk.packet.icmp?.inner, one)),
    ),
  );

/**
 * Whether a quoted reset goes back to who opened a connection, as it does wherever it waits. Its tuple for answers may be another by then:
 * the reset itself asked POSTROUTING about the connection's source, which as one that goes back it has not (nf_nat_inet_fn, nf_nat_packet).
 */
const goesBack = (quoted: ModelHeader | undefined, { original }: ModelConnection): boolean =>
  quoted?.protocol === original.protocol &&
  quoted.source === original.destination &&
  quoted.destination === original.source &&
  quoted.sport === original.dport &&
  quoted.dport === original.sport;

/** A connection with the mark that its entry has. */
const markedAs = (tables: ReadonlyMap<string, Table>, one: ModelConnection): ModelConnection => ({
  ...one,
  mark: tables.get(one.namespace)?.get(modelKey(one))?.mark ?? one.mark,
});

/** Whether it was an outcome that the model knows to its end, and no other that nobody saw. */
const isKnown = (one: Pick<Judged, 'is' | 'matching' | 'doubtful'>): boolean =>
  (one.is === 'same' || isLearnt(one)) && one.doubtful.length === 0;

/** The entries of each namespace that are the model's connections. */
type Claimed = ReadonlyMap<string, Set<string>>;

const isDrawn = ({ original: { drawn } }: ModelConnection): boolean => drawn?.source !== undefined || drawn?.destination !== undefined;

/** The entry of a table that is a connection of the model, and how it differs. */
type Entered = { readonly namespace: string; readonly key: string; readonly says: string | undefined };

/** The entries of all connections that a conversation left, each of them one's alone. */
function entriesFor(
  tables: ReadonlyMap<string, Table>,
  connections: readonly ModelConnection[],
  claimed: Claimed,
  ports: TunnelPorts,
): readonly Entered[] {
  const own: Claimed = new Map([...claimed].map(([namespace, keys]) => [namespace, new Set(keys)]));
  const taken = new Set<string>();
  return connections.map((one) => {
    const { namespace } = one;
    const table = tables.get(namespace) ?? new Map();
    const fresh = knownKeys(one, ports).filter((key) => !taken.has(`${namespace} ${key}`));
    const entered = entryFor(table, one, fresh.length > 0 ? fresh : likelyKeys(table, one, own.get(namespace)));
    own.get(namespace)?.add(entered.key);
    taken.add(`${namespace} ${entered.key}`);
    return entered;
  });
}

/** How a connection can stand in a table: as it is where no port of it was drawn, with the ports that were seen around it where it is a tunnel's. */
const knownKeys = (connection: ModelConnection, ports: TunnelPorts): readonly string[] =>
  isDrawn(connection) ? seenKeys(connection, ports) : [modelKey(connection)];

/** Where a port of a connection's packet was drawn elsewhere, any entry can be it that no other is; a tunnel's ports are not drawn but hashed, so that it can be another's too. */
function likelyKeys(table: Table, connection: ModelConnection, claimed: ReadonlySet<string> | undefined): readonly string[] {
  const all = [...table.keys()].filter((key) => fits(key, connection));
  const free = all.filter((key) => claimed?.has(key) !== true);
  return isTunnel(connection) ? [...free, ...all] : free;
}

/** The entry that a connection is: one that does not differ, if there is any. */
function entryFor(table: Table, connection: ModelConnection, keys: readonly string[]): Entered {
  const { namespace } = connection;
  const enteredAs = (key: string): Entered => ({ namespace, key, says: differenceIn(table, key, connection) });
  const tried = keys.map(enteredAs);
  return tried.find(({ says }) => says === undefined) ?? tried[0] ?? enteredAs(modelKey(connection));
}

/** Whether an entry has a connection's tuple, with any of a range for a port that was drawn. */
function fits(entry: string, connection: ModelConnection): boolean {
  const { source, destination } = connection.original.drawn ?? {};
  const [protocol, from, to, ...ports] = modelKey(connection).split(' ');
  const [itsProtocol, itsFrom, itsTo, ...its] = entry.split(' ');
  const isIn = (range: readonly [number, number] | undefined, port: string | undefined, own: string | undefined): boolean =>
    range === undefined ? port === own : Number(port) >= range[0] && Number(port) <= range[1];
  const isSame = itsProtocol === protocol && itsFrom === from && itsTo === to;
  return isSame && isIn(source, its[0], ports[0]) && isIn(destination, its[1], ports[1]);
}

/** How a kernel's entry differs from one connection of the model, in a sentence. */
function differenceIn(table: Table, key: string, connection: ModelConnection): string | undefined {
  const entry = table.get(key);
  const says = entry === undefined ? 'the kernel has none' : differenceOf(entry, modelReply(connection), connection);
  return says === undefined ? undefined : `${connection.namespace} tracks ${key}: ${says}`;
}

function differenceOf(entry: Entry, reply: string, { original, seenReply, mark, drawn }: ModelConnection): string | undefined {
  if (entry.reply !== reply && !drawn && original.drawn === undefined) return `answered by ${entry.reply}, in the model by ${reply}`;
  if (entry.unreplied === seenReply) return `${entry.unreplied ? 'not ' : ''}answered, in the model ${seenReply ? '' : 'not '}answered`;
  return entry.mark === mark ? undefined : `mark ${entry.mark}, in the model ${mark}`;
}
