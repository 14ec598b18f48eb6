import type { ModelConnection } from '../stage/model.ts';
import type { Told } from './ask.ts';

/** A connection that one side tracks and the other does not, or not so. */
export type Disconnected = { readonly says: string; readonly conversation: number };

/** One entry of `conntrack -L`. */
type Entry = { readonly reply: string; readonly unreplied: boolean; readonly mark: number };

/** A namespace's table, by protocol and original tuple. */
export type Table = ReadonlyMap<string, Entry>;

/** What prints a namespace's table. */
export const LISTED: readonly string[] = ['conntrack -L -f ipv4 2>/dev/null', 'conntrack -L -f ipv6 2>/dev/null'];

/** The table that these texts tell. */
export const tableOf = (texts: readonly string[]): Table => new Map(texts.flatMap((text) => text.split('\n').flatMap(entryOf)));

function entryOf(line: string): readonly (readonly [string, Entry])[] {
  const protocol = /^(\w+)/.exec(line)?.[1];
  const tuples = [...line.matchAll(/src=(\S+) dst=(\S+) (?:sport=(\d+) dport=(\d+)|type=\d+ code=\d+ id=(\d+))/g)].map(
    ([, source, destination, sport, dport, id]) => `${source} ${destination} ${id ?? `${sport} ${dport}`}`,
  );
  const [original, reply] = tuples;
  if (protocol === undefined || original === undefined || reply === undefined) return [];
  return [[`${protocol} ${original}`, { reply, unreplied: line.includes('[UNREPLIED]'), mark: Number(/mark=(\d+)/.exec(line)?.[1] ?? 0) }]];
}

const isEcho = (protocol: string): boolean => protocol === 'icmp' || protocol === 'icmpv6';

/** How the original tuple of a model's connection stands in a table. */
export function modelKey({ original }: Pick<ModelConnection, 'original'>): string {
  const { protocol, source, destination, icmp, sport = 0, dport = 0 } = original;
  return `${protocol} ${source} ${destination} ${isEcho(protocol) ? (icmp?.id ?? 0) : `${sport} ${dport}`}`;
}

/** The same of its reply. */
export function modelReply({ original: { protocol, icmp }, reply }: ModelConnection): string {
  const echo = reply.sourcePort === 0 ? (icmp?.id ?? 0) : reply.sourcePort;
  return `${reply.source} ${reply.destination} ${isEcho(protocol) ? echo : `${reply.sourcePort} ${reply.destinationPort}`}`;
}

/** Compares what the model says is tracked in the end with the kernel's tables; `known` was tracked before. */
export function disconnected(
  told: readonly Told[],
  tables: ReadonlyMap<string, Table>,
  known: ReadonlyMap<string, Table>,
): readonly Disconnected[] {
  const found: Disconnected[] = [];
  const claimed = new Map<string, Set<string>>();
  const isBlind = told.some(({ skipped }) => skipped > 0);
  for (const [conversation, { judged, skipped }] of told.entries()) {
    // a packet that was not asked about may have ended or answered them
    if (skipped > 0 || judged.some(({ is }) => is !== 'same')) continue;
    const last = judged.at(-1)?.matching ?? [];
    for (const { namespace, original } of last.flatMap(({ connections }) => connections)) {
      const own = claimed.get(namespace) ?? new Set();
      claimed.set(namespace, own.add(keyIn(tables.get(namespace), { original }, own)));
    }
    const each = last.map(({ connections }) => connections.flatMap((one) => differenceIn(tables, one)));
    if (each.some(({ length }) => length === 0)) continue;
    found.push(...(each[0] ?? []).map((says) => ({ conversation, says })));
  }
  if (isBlind || told.some(({ judged }) => judged.some(({ is }) => is !== 'same'))) return found;
  for (const [namespace, table] of tables) {
    for (const key of table.keys()) {
      if (claimed.get(namespace)?.has(key) !== true && known.get(namespace)?.has(key) !== true)
        found.push({ conversation: -1, says: `${namespace} tracks ${key}, in the model it does not` });
    }
  }
  return found;
}

/** The key of a connection, where a port of its packet was drawn elsewhere that of an entry which it can be and no other is. */
function keyIn(table: Table | undefined, connection: Pick<ModelConnection, 'original'>, others: ReadonlySet<string> = new Set()): string {
  const key = modelKey(connection);
  const { source, destination } = connection.original.drawn ?? {};
  if (table === undefined || table.has(key) || (source === undefined && destination === undefined)) return key;
  const [protocol, from, to, ...ports] = key.split(' ');
  const isIn = (range: readonly [number, number] | undefined, port: string | undefined, own: string | undefined): boolean =>
    range === undefined ? port === own : Number(port) >= range[0] && Number(port) <= range[1];
  const fits = (entry: string): boolean => {
    const [itsProtocol, itsFrom, itsTo, ...its] = entry.split(' ');
    const isSame = itsProtocol === protocol && itsFrom === from && itsTo === to;
    return !others.has(entry) && isSame && isIn(source, its[0], ports[0]) && isIn(destination, its[1], ports[1]);
  };
  return [...table.keys()].find(fits) ?? key;
}

/** How a kernel's table differs from one connection of the model, in a sentence. */
function differenceIn(tables: ReadonlyMap<string, Table>, connection: ModelConnection): readonly string[] {
  const key = keyIn(tables.get(connection.namespace), connection);
  const entry = tables.get(connection.namespace)?.get(key);
  const says = entry === undefined ? 'the kernel has none' : differenceOf(entry, modelReply(connection), connection);
  return says === undefined ? [] : [`${connection.namespace} tracks ${key}: ${says}`];
}

function differenceOf(entry: Entry, reply: string, { original, seenReply, mark, drawn }: ModelConnection): string | undefined {
  if (entry.reply !== reply && !drawn && original.drawn === undefined) return `answered by ${entry.reply}, in the model by ${reply}`;
  if (entry.unreplied === seenReply) return `${entry.unreplied ? 'not ' : ''}answered, in the model ${seenReply ? '' : 'not '}answered`;
  return entry.mark === mark ? undefined : `mark ${entry.mark}, in the model ${mark}`;
}
