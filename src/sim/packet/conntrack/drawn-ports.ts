import { sourceKey } from '#dataplane/connections';
import type { Stack } from '#dataplane/stack';
import { type Packet, withoutDrawn } from '../packet.ts';
import { answerKey, type Place } from './noted-keys.ts';
import { type Found, type Learned, placeText, type Run } from '../run.ts';
import { untold } from '../untold.ts';
import { type Asked, type Connection, DEFAULT_ZONE, inverted, keyOf, type Tuple } from './connection.ts';

/**
 * A reply that comes with other ports than were shown of ranges: it tells which were drawn, here or before the packet came here. What
 * comes to the port before is hardly ever one, nor to one that another connection was opened from, is or was at, or that is gone. Where one
 * is gone of which nobody saw the port, it may have been that, or one that another machine tracks, and that was rejected here.
 */
export function adopted(run: Run, stack: Stack, packet: Packet, tuple: Tuple, zone: number): Found | undefined {
  const own = [...run.drawn(stack)].filter((one) => mayAnswer(run, stack, one, packet, tuple, zone));
  if (own.length === 0) return undefined;
  const gone = run.gone(stack).filter((one) => mayAnswer(run, stack, one, packet, tuple, zone));
  const isOver = Map.groupBy(gone, (one) => isGoneElsewhere(run, one, tuple));
  // whose it was of those that are gone everywhere comes to the same
  const [over = [], elsewhere = []] = [isOver.get(true), isOver.get(false)];
  const others = drawnElsewhere(run, stack, [...own, ...gone], packet, tuple);
  const all = [...others.map(([, one]) => one), ...own, ...elsewhere, ...over.slice(0, 1)];
  const connection = all.length > 1 ? all[whoseAnswer(run, stack, all, over.length)] : all[0];
  const tracked = own.find((one) => one === connection);
  if (connection === undefined || (isNarrow(connection) && !answers(run, stack, connection))) return undefined;
  const [place] = others.find(([, one]) => one === connection) ?? [stack];
  learn(run, place, connection, tuple);
  return tracked === undefined ? undefined : { connection: tracked, direction: 'reply' };
}

/** Connections that other machines track, whose answer it may be as well, and none that is one of those known here. */
function drawnElsewhere(run: Run, stack: Stack, own: readonly Asked[], packet: Packet, tuple: Tuple) {
  const here = new Set(
    own.flatMap((one) => [...renamedElsewhere(run, one, renamedBy(one, withPorts(one, tuple)))].map(({ other }) => other)),
  );
  return run.drawnAnywhere().filter(([place, one]) => {
    if (place.key === stack.key || here.has(one) || run.isGone(place, one)) return false;
    return mayAnswer(run, place, one, packet, tuple, (one.zone ?? DEFAULT_ZONE).reply);
  });
}

/** Whether a packet has the tuple of a connection's answers, with any of the range for a port that was drawn. */
function mayAnswer(run: Run, stack: Place, connection: Asked, { protocol: its }: Packet, tuple: Tuple, zone: number): boolean {
  const { protocol, drawn, original, reply } = connection;
  if (protocol !== its || (connection.zone ?? DEFAULT_ZONE).reply !== zone) return false;
  // nothing but ports is drawn
  if (reply.source !== tuple.source || reply.destination !== tuple.destination) return false;
  if (keyOf(protocol, withPorts(connection, tuple).reply) !== keyOf(protocol, tuple)) return false;
  const end = sourceKey(protocol, tuple.destination, tuple.destinationPort);
  // of few ports the same is drawn again
  const isAnothers = run.from(stack, end).length > 0 || (!isNarrow(connection) && run.isTaken(stack, end));
  const isDrawnHere = drawn?.what === 'source' && !isMessage(protocol);
  const isKnown = isDrawnHere && (tuple.destinationPort === original.sourcePort || isAnothers);
  return !isKnown && !run.notes.isForgotten(answerKey(stack, protocol, tuple)) && !isHeldElsewhere(run, connection, tuple);
}

/** Of fewer ports than this one that was not drawn is met by chance: those below 512 and 1024 are drawn among themselves (net/netfilter/nf_nat_core.c nf_nat_l4proto_unique_tuple). */
const NARROW = 1024;

const isNarrow = ({ drawn, packet }: Asked): boolean =>
  [drawn?.range, packet.drawn?.source, packet.drawn?.destination].some((range) => range !== undefined && range[1] - range[0] < NARROW);

/** Whether what comes to a port of few is an answer: it is, where that one was drawn. */
function answers(run: Run, stack: Stack, { original: { source, sourcePort } }: Asked): boolean {
  const who = `${source}:${sourcePort}`;
  const options = [`that of ${who}`, 'no answer'];
  const detail = `which port was drawn for ${who} is not told`;
  return untold(run, stack, { at: `answer to ${who}`, of: 'drawn port', options, detail, scope: 'packet' }) === 0;
}

/** Where several had a port drawn out of one range, an answer is any one's, as likely as another's; the last stands for so many that are `over`. */
function whoseAnswer(run: Run, stack: Stack, all: readonly Asked[], over: number): number {
  const sum = all.length - 1 + Math.max(1, over);
  const options = all.map(({ original }, at) => ({
    name: `that of ${original.source}:${original.sourcePort}`,
    probability: (at === all.length - 1 ? Math.max(1, over) : 1) / sum,
  }));
  return run.pick({ at: `${placeText(stack)} answered connection`, of: 'drawn port', scope: 'packet', options });
}

/**
 * Takes the ports of an answer for those that were drawn, here and wherever else the same packets have been: who drew them may never
 * see the answer, and its next packet has them all the same.
 */
function learn(run: Run, place: Place, connection: Connection | Asked, answer: Tuple): void {
  const known = withPorts(connection, answer);
  const renamed = renamedBy(connection, known);
  run.learnPorts(place, connection, known);
  for (const { elsewhere, other, its } of renamedElsewhere(run, connection, renamed)) learn(run, elsewhere, other, its);
}

/**
 * Whether where the same packets have been, as at who drew the ports, another connection has what would be theirs: then it is no answer.
 * Where they are gone, what came since may have opened that one.
 */
function isHeldElsewhere(run: Run, connection: Asked, answer: Tuple): boolean {
  const renamed = renamedBy(connection, withPorts(connection, answer));
  return [...renamedElsewhere(run, connection, renamed)].some(({ elsewhere, other, its }) => {
    const key = keyOf(other.protocol, its, other.zone?.reply);
    if (run.isGone(elsewhere, other)) return false;
    return (['original', 'reply'] as const).some((direction) => (run.connection(elsewhere, key, direction) ?? other) !== other);
  });
}

/** Whether wherever else the packets of one that is gone have been it is gone too. */
function isGoneElsewhere(run: Run, connection: Asked, answer: Tuple): boolean {
  const renamed = renamedBy(connection, withPorts(connection, answer));
  return [...renamedElsewhere(run, connection, renamed)].every(({ elsewhere, other }) => run.isGone(elsewhere, other));
}

/** What the tuples of a connection are once its ports are known. */
function renamedBy({ protocol, original, reply }: Asked, known: Learned): ReadonlyMap<string, Tuple> {
  const renamed = new Map<string, Tuple>();
  for (const [before, now] of [[original, known.original] as const, [reply, known.reply] as const]) {
    renamed.set(keyOf(protocol, before), now);
    renamed.set(keyOf(protocol, inverted(before, protocol)), inverted(now, protocol));
  }
  return renamed;
}

/** The other connections whose packets have tuples that are renamed, and their answers. */
function* renamedElsewhere(run: Run, connection: Asked, renamed: ReadonlyMap<string, Tuple>) {
  for (const [elsewhere, other] of run.drawnAnywhere()) {
    if (other === connection || other.protocol !== connection.protocol) continue;
    const its = renamedAnswer(other, renamed);
    if (its !== undefined) yield { elsewhere, other, its };
  }
}

/** The answers of a connection whose packets have tuples that another's had by other ports; nothing where they stay. */
function renamedAnswer({ protocol, original, reply }: Asked, renamed: ReadonlyMap<string, Tuple>): Tuple | undefined {
  const answer = renamed.get(keyOf(protocol, reply)) ?? withPortsOf(original, reply, renamed.get(keyOf(protocol, original)), protocol);
  return keyOf(protocol, answer) === keyOf(protocol, reply) ? undefined : answer;
}

/** An answer with the ports that are others in what is asked now. */
function withPortsOf(before: Tuple, reply: Tuple, now: Tuple | undefined, protocol: Packet['protocol']): Tuple {
  if (now === undefined) return reply;
  const [old, answers] = [inverted(before, protocol), inverted(now, protocol)];
  return {
    ...reply,
    ...(answers.sourcePort === old.sourcePort ? {} : { sourcePort: answers.sourcePort }),
    ...(answers.destinationPort === old.destinationPort ? {} : { destinationPort: answers.destinationPort }),
  };
}

const isMessage = (protocol: Packet['protocol']): boolean => protocol === 'icmp' || protocol === 'icmpv6';

type PortEnd = 'sourcePort' | 'destinationPort';

/** A connection's tuples with the ports of an answer in the places of those that were drawn; an ICMP id stays where it is. */
function withPorts({ protocol, packet, drawn, original, reply }: Asked, answer: Tuple): Learned {
  let known: Learned = { packet, original, reply, drawn };
  for (const what of ['source', 'destination'] as const) {
    const asked: PortEnd = isMessage(protocol) || what === 'source' ? 'sourcePort' : 'destinationPort';
    const answered: PortEnd = isMessage(protocol) || what === 'destination' ? 'sourcePort' : 'destinationPort';
    const port = answer[answered];
    const replied = { ...known.reply, [answered]: port };
    const before = packet.drawn?.[what];
    if (drawn?.what === what) known = isWithin(port, drawn.range) ? { ...known, reply: replied, drawn: undefined } : known;
    else if (before !== undefined && reply[answered] === original[asked] && isWithin(port, before))
      known = { ...known, packet: withoutDrawn(known.packet, what), original: { ...known.original, [asked]: port }, reply: replied };
  }
  return known;
}

const isWithin = (port: number, [from, to]: readonly [number, number]): boolean => port >= from && port <= to;
