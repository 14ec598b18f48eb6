import type { Exchanges, Possible, TimedWalk } from '#sim/packet/exchange';
import { doubtsOf } from '#sim/packet/exchange';
import type { Hop } from '#sim/packet/outcome';
import type { Packet } from '#sim/packet/packet';
import type { State, TrackedConnection } from '#sim/packet/state';
import { originText } from '#snapshot/origin';

/**
 * What of an exchange is told: when it began, the facts that decided, and only the connections that are others than in a state before;
 * `share` is how likely it is that what came before is what it is asked after.
 */
export type Telling = {
  readonly at?: number;
  readonly cites?: boolean;
  readonly share?: number;
  readonly since?: State | undefined;
};

/** An exchange as it is told. */
export type ExchangeJson = { readonly complete: boolean; readonly outcomes: readonly object[]; readonly doubts?: readonly string[] };

/**
 * An exchange in few words, with all that can come of it: for each packet how and where it ended, as what it arrived, which rules counted it; asked for, what decided.
 * Where nobody knows which outcome comes, `doubts` tell why. `rations` are limits and errors that it asked for, how much there surely was
 * of them at first, and how often they were asked for.
 */
export function exchangeJson(exchanges: Exchanges, all: readonly Possible[], telling: Telling = {}): ExchangeJson {
  const doubts = all.some(({ probability }) => probability === null) ? { doubts: doubtsOf(exchanges) } : {};
  return { complete: exchanges.complete, outcomes: all.map((one) => possibleJson(one, telling)), ...doubts };
}

const possibleJson = ({ probability, walks, state }: Possible, { at = 0, cites = false, share = 1, since }: Telling): object => ({
  probability: probability === null ? null : probability * share,
  walks: walks.map((walk) => (cites ? { ...walkJson(walk), cites: citedIn(walk) } : walkJson(walk))),
  ...(since === undefined ? { ...trackedNow(state, at), ...rationsJson(state) } : changesJson(since, state, at)),
});

const rationsJson = ({ notes }: State): object =>
  notes === undefined || notes.rations.size === 0
    ? {}
    : { rations: [...notes.rations].map(([of, { had, asked }]) => [of.replaceAll('\0', '/'), had, asked]) };

const walkJson = ({ packet, received, outer, disposition, at, reason, hops, after }: TimedWalk): object => ({
  ...(after === 0 ? {} : { after }),
  packet: headerJson(packet),
  received: headerJson(received),
  ...(outer === undefined ? {} : { outer: headerJson(outer) }),
  disposition,
  at: [at.netns, at.device],
  code: reason.code,
  says: reason.says,
  path: pathJson(packet, hops),
  counted: hops.flatMap(({ steps }) => steps.flatMap(({ counted }) => counted.map(originText))),
  mayCount: hops.flatMap(({ steps }) => steps.flatMap(({ mayCount = [] }) => mayCount.map(originText))),
});

/** The places of all facts that decided a packet's way. */
const citedIn = ({ hops, reason }: TimedWalk): readonly string[] => [
  ...new Set([...hops.flatMap(({ steps }) => steps.flatMap(({ by }) => by)), ...reason.by].map(({ origin }) => originText(origin))),
];

/** Namespace, device in, device out, and the headers with which it left. */
function pathJson(first: Packet, hops: readonly Hop[]): readonly object[] {
  let packet = first;
  return hops.map(({ at, in: into, out, steps, left }) => {
    packet = left ?? steps.findLast((step) => step.packet !== undefined)?.packet ?? packet;
    return out === null ? [at.netns, into, out] : [at.netns, into, out, headerJson(packet)];
  });
}

/** The headers, flat; an ICMP error with those of what it is about. */
function headerJson({
  source,
  destination,
  protocol,
  sourcePort,
  destinationPort,
  tcp,
  icmp,
  sctp,
  ttl,
  mark,
  size,
  drawn,
}: Packet): object {
  const flags = tcp === null ? {} : { tcp: Object.entries(tcp).flatMap(([name, set]) => (set === true ? [name] : [])) };
  const about = icmp?.inner === undefined ? {} : { inner: headerJson(icmp.inner) };
  const message = icmp === null ? {} : { icmp: { type: icmp.type, code: icmp.code, id: icmp.id, ...about } };
  const chunks = sctp === undefined ? {} : { sctp: sctp.chunks.map(({ type }) => type) };
  const ports = icmp === null ? { sport: sourcePort, dport: destinationPort } : {};
  return {
    source,
    destination,
    protocol,
    ...ports,
    ...flags,
    ...chunks,
    ...message,
    ttl,
    mark,
    size,
    ...(drawn === undefined ? {} : { drawn }),
  };
}

/** An entry of the capture that a packet took out of the table. */
const isForgotten = ({ wasCaptured, expires }: TrackedConnection, at: number): boolean =>
  wasCaptured === true && (typeof expires === 'object' ? expires.until : (expires ?? Infinity)) <= at;

/** The connections that namespaces now track because of this packet and those before it, and the captured ones that are `gone` because of them. */
function trackedNow({ connections }: State, at: number): object {
  const [there, gone]: [object[], object[]] = [[], []];
  for (const [stack, table] of connections)
    for (const one of table.values()) (isForgotten(one, at) ? gone : there).push(trackedJson(stack, one));
  return { connections: there, ...(gone.length === 0 ? {} : { gone }) };
}

const trackedJson = (stack: string, { original, reply, seenReply, mark, drawn, zone }: TrackedConnection): object => ({
  namespace: stack.split('\0')[1] ?? '',
  original: headerJson(original),
  reply,
  seenReply,
  drawn: drawn !== undefined,
  mark,
  ...(zone === undefined ? {} : { zone }),
});

/** Those of them that this packet made or changed, and those that are `gone`. */
function changesJson(before: State, now: State, at: number): object {
  const [had, has] = [before, now].map(
    ({ connections }) => new Map([...connections].flatMap(([stack, table]) => [...table].map(tracked(stack)))),
  );
  const isThere = (one: Tracked | undefined): boolean => one !== undefined && !isForgotten(one.connection, at);
  const json = ({ stack, connection }: Tracked): object => trackedJson(stack, connection);
  return {
    connections: [...(has ?? [])].flatMap(([key, one]) =>
      isThere(one) && had?.get(key)?.connection !== one.connection ? [json(one)] : [],
    ),
    gone: [...(had ?? [])].flatMap(([key, one]) => (isThere(one) && !isThere(has?.get(key)) ? [json(one)] : [])),
  };
}

type Tracked = { readonly stack: string; readonly connection: TrackedConnection };

const tracked =
  (stack: string) =>
  ([tuple, connection]: readonly [string, TrackedConnection]) =>
    [`${stack} ${tuple}`, { stack, connection }] as const;
