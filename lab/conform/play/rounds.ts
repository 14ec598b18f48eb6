import type { Area } from '../draw/construct.ts';
import { type Conversation, isPortless, type Off, type Packet, type Step } from '../draw/packet.ts';
import { addressOf } from '../draw/pool.ts';
import type { Scene } from '../draw/scene.ts';
import { lookOf, sentLook } from '../judge/sightings.ts';
import type { Stage } from '../stage/raise.ts';
import { type Header, now, type Seen, type Wire } from '../stage/wire.ts';
import { answerTo as answering, tagged } from './associations.ts';
import { onTheirCarriers } from './carriers.ts';
import { isAboutEarlier } from './late.ts';
import { parentsFirst } from './parents.ts';
import { noteSealed, type Sealed } from './sealed.ts';
import { noteStorms, type Storms } from './storms.ts';

/** A scene on its stage, with the rules that were really loaded. */
export type Staged = { readonly scene: Scene; readonly stage: Stage };

/** One packet that was sent, what was seen with its number, and which packet of its conversation went before. */
export type Sent = {
  readonly id: number;
  readonly packet: Packet;
  readonly seen: readonly Seen[];
  /** The sender's own kernel refused it. */
  readonly refused: string | undefined;
  /** The window in which it and its answers came to their ends, in nanoseconds of the monotonic clock. */
  readonly during: readonly [since: number, until: number];
  /** When it was sent, on the same clock. */
  readonly at: number;
  /** What TCP's numbers say of its conversation. */
  readonly conversation: number;
  /** It never came to its end: what was seen is the beginning. */
  readonly isEndless?: true;
};

/** A conversation as it went: a step that could not be taken is missing. */
export type Spoken = {
  readonly staged: Staged;
  readonly conversation: Conversation;
  readonly sent: readonly (Sent | undefined)[];
  /** When what the model is told was read, in nanoseconds of the monotonic clock. */
  readonly read: number;
  /** Set where it is asked too which facts decided. */
  readonly cites?: boolean;
  /** Set where it is asked of other lines than the captured ones. */
  readonly instead?: Instead;
};

/** Lines to be read in the place of the captured ones, and a name that no other questions about the same packets have. */
export type Instead = { readonly name: string; readonly lines: Readonly<Record<string, Readonly<Record<number, string>>>> };

/** Steps `from` up to but without `until`. */
export type Steps = { readonly from: number; readonly until: number };

/** A conversation that is going on. */
export type Speaking = Staged & {
  readonly conversation: Conversation;
  readonly sent: (Sent | undefined)[];
  /** The number of its first packet: TCP's numbers of the whole conversation begin with it. */
  readonly first: number;
  /** What each side has sent, by namespace and address: TCP counts it, and both sides may be in one namespace. Of SCTP, the tag that it asked for. */
  readonly next: Map<string, number>;
  /** Set where kernels answer SCTP by themselves. */
  readonly answersSctp?: boolean;
};

const SHARE = 4096;
const CONTENT = 8;

/**
 * By namespace, what packets were seen that nobody drew: reports of multicast groups, which the kernel sends by itself, and what left
 * sealed; frames without IP, which nft's hooks at devices count; and the scenes that storms have ended.
 */
export type Noise = {
  readonly others: Map<string, number>;
  readonly frames: Map<string, number>;
  readonly sealed: Map<string, Sealed>;
  readonly storms: Storms;
};

/** All conversations of all scenes, before anybody has said anything. */
export const meet = (staged: readonly Staged[], ids: () => number): readonly Speaking[] =>
  staged.flatMap((one) =>
    one.scene.conversations.map((conversation) => ({ ...one, conversation, sent: [], first: ids(), next: new Map() })),
  );

/** Says some steps of all conversations side by side: the first of each, then the second …; scenes that a storm ends say no more. */
export async function speak(wire: Wire, all: readonly Speaking[], steps: Steps, ids: () => number, storms: Storms): Promise<Noise> {
  const longest = Math.max(0, ...all.map(({ conversation }) => conversation.steps.length));
  const noise: Noise = { others: new Map(), frames: new Map(), sealed: new Map(), storms };
  for (let step = steps.from; step < Math.min(longest, steps.until); step++) {
    const left = all.filter(({ stage }) => !storms.has(stage));
    await oneRound(wire, left, step, ids, noise);
  }
  return noise;
}

/** Scenes that are about routes, ports, entries, devices and virtual servers. */
const CITED: ReadonlySet<Area> = new Set<Area>(['route', 'bridge', 'vxlan', 'link', 'ipvs']);

/** Whether what decides may be no rule, which its counter would tell. */
const isCited = ({ area, rules }: Scene): boolean =>
  CITED.has(area) || rules.some((one) => one.form === 'line' && one.run.startsWith('sysctl '));

/** What was said in some steps, after a reading. */
export const said = (all: readonly Speaking[], { from, until }: Steps, read: number): readonly Spoken[] =>
  all.map(({ scene, stage, conversation, sent }) => ({
    staged: { scene, stage },
    conversation,
    read,
    cites: isCited(scene),
    sent: sent.map((one, step) => (step >= from && step < until ? one : undefined)),
  }));

async function oneRound(
  wire: Wire,
  all: readonly Speaking[],
  step: number,
  ids: () => number,
  { others, frames, sealed, storms }: Noise,
): Promise<void> {
  const turns = all.flatMap((speaking) => {
    const packet = packetOf({ ...speaking, answersSctp: wire.answersSctp }, speaking.conversation.steps[step]);
    return packet === undefined ? [] : [{ speaking, packet, id: step === 0 ? speaking.first : ids(), stage: speaking.stage }];
  });
  if (turns.length === 0) return;
  const numbers: Numbers = {
    drawn: new Set(turns.map(({ id }) => id)),
    ofConversation: new Map(turns.map(({ speaking, id }) => [conversationOf(speaking.first), id])),
  };
  const since = now();
  const { seen, failed, times, storms: found, frames: more } = await wire.send(turns);
  const during = [since, now()] as const;
  noteStorms(storms, found, turns, (header) => numberOf(header, numbers));
  const byId = Map.groupBy(onTheirCarriers(seen, all), ({ header }) => numberOf(header, numbers));
  for (const { in: namespace } of byId.get(undefined) ?? []) others.set(namespace, (others.get(namespace) ?? 0) + 1);
  addFrames(frames, more);
  noteSealed(seen, all, sealed);
  for (const [at, { speaking, id, packet }] of turns.entries()) {
    // its namespace no longer has that source: IPv6's went with a device that was taken down, and nothing was sent
    if (failed.get(id)?.includes(NO_SUCH_SOURCE) === true) continue;
    const storm = storms.get(speaking.stage);
    // of what else was under way nobody knows how it would have ended
    if (storm !== undefined && storm.id !== id) continue;
    const [found, earlier] = [byId.get(id) ?? [], speaking.sent.flatMap((one) => one?.seen ?? [])];
    const timely = found.filter((one) => !isAboutEarlier(one, found, earlier));
    const own = { id, packet, seen: parentsFirst(timely, speaking), refused: failed.get(id) };
    speaking.sent[step] = {
      ...own,
      during,
      at: times[at] ?? since,
      conversation: conversationOf(speaking.first),
      ...(storm === undefined ? {} : { isEndless: true }),
    };
  }
}

/** Adds frames that were seen to those of before. */
export function addFrames(frames: Map<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [namespace, count] of Object.entries(more)) frames.set(namespace, (frames.get(namespace) ?? 0) + count);
}

/** What a socket is told that is bound to another's address (EADDRNOTAVAIL). */
const NO_SUCH_SOURCE = 'cannot assign requested address';

const SHARED = 2 ** 20;
const SCTP = 132;

/** The packets of a round, and which of them each conversation says in it: a conversation is called as its first packet is. */
type Numbers = { readonly drawn: ReadonlySet<number>; readonly ofConversation: ReadonlyMap<number, number> };

/**
 * The packet that a sighting belongs to: by its content, or by the TCP number or the SCTP tag that an answer repeats. Whose content an
 * earlier round wrote belongs to none of this: a neighbour's silence is told after three seconds (net/core/neighbour.c
 * neigh_timer_handler), in whichever round they end.
 */
function numberOf(header: Header, numbers: Numbers): number | undefined {
  const { id, protocol, inner, about } = header;
  if (id !== 0) return numbers.drawn.has(id) ? id : undefined;
  if (inner !== undefined || about !== undefined) return numberOf(inner ?? about ?? header, numbers);
  return protocol === 6 || protocol === SCTP ? numbers.ofConversation.get(conversationIn(header)) : undefined;
}

/** What TCP's numbers, or SCTP's tag, say of the conversation that they belong to. */
export const conversationIn = ({ ack = 0, seq = 0, tag = 0 }: Pick<Header, 'ack' | 'seq' | 'tag'>): number =>
  shareOf(ack === 0 ? seq + tag : ack);

/** The conversation in whose share of numbers one is. */
const shareOf = (number: number): number => Math.floor(number / SHARE) % SHARED;

/** The same of the first packet's number. */
export const conversationOf = (first: number): number => first % SHARED;

/** The packet of a step, made of what really arrived. */
function packetOf(speaking: Speaking, step: Step | undefined): Packet | undefined {
  if (step === undefined) return undefined;
  switch (step.does) {
    case 'send':
      return counted(speaking, step.packet);
    case 'again': {
      const before = speaking.sent[step.step]?.packet;
      if (before === undefined) return undefined;
      if (before.protocol === 'sctp' && step.chunks !== undefined) return counted(speaking, { ...untagged(before), chunks: step.chunks });
      return step.flags === undefined || before.protocol !== 'tcp'
        ? before
        : counted(speaking, { ...withoutNumbers(before), flags: step.flags }, step.off);
    }
    case 'answer': {
      const arrived = arrival(speaking, step.to);
      return arrived === undefined ? undefined : counted(speaking, answerTo(speaking, arrived, speaking.sent[step.to], step), step.off);
    }
    case 'error': {
      const arrived = arrival(speaking, step.to);
      return arrived === undefined ? undefined : errorAbout(speaking, arrived, speaking.sent[step.to], step);
    }
  }
}

const untagged = ({ tags: _tags, ...rest }: Packet): Packet => rest;
const withoutNumbers = ({ seq: _seq, ack: _ack, window: _window, ...rest }: Packet): Packet => rest;

/** TCP's numbers and SCTP's tags as two ends would count and choose them. */
function counted({ first, next, answersSctp }: Speaking, packet: Packet, off: Off = {}): Packet {
  if (packet.protocol === 'sctp') return packet.tags === undefined ? tagged(packet, next, (first % SHARED) * SHARE, answersSctp) : packet;
  if (packet.protocol !== 'tcp' || packet.seq !== undefined) return packet;
  const base = (first % SHARED) * SHARE;
  const own = `${packet.from} ${packet.source}`;
  const others = [...next.keys()].filter((name) => name !== own);
  const start = next.size === 0 || (next.size === 1 && next.has(own)) ? base : base + SHARE / 2;
  const seq = next.get(own) ?? start;
  const flags = packet.flags ?? 'S';
  next.set(own, seq + CONTENT + (/[SF]/.test(flags) ? 1 : 0));
  const ack = flags.includes('A') ? (next.get(others[0] ?? '') ?? base + SHARE / 2) : 0;
  const room = off.window === undefined ? {} : { window: off.window };
  // what is off stays within the conversation's share: by that its answers are known
  return { ...packet, seq: Math.max(base, seq + (off.seq ?? 0)), ack: ack === 0 ? 0 : Math.max(base, ack + (off.ack ?? 0)), ...room };
}

/** Where a step's packet came to its receiver, as what. */
function arrival({ sent, scene, stage }: Speaking, step: number): Seen | undefined {
  const own = sent[step];
  if (own === undefined) return undefined;
  const same = own.seen.filter(({ header }) => lookOf(header) === sentLook(own.packet));
  const socket = same.find(({ how }) => how === 'socket');
  if (socket !== undefined) return socket;
  const last = same.at(-1);
  const home = scene.layout.namespaces.find(({ name }) => stage.name(name) === last?.in);
  const isThere = home?.devices.some(({ addresses }) => addresses.some((address) => addressOf(address) === last?.header.destination));
  return last?.how === 'in' && isThere === true ? last : undefined;
}

const nameIn = ({ scene, stage }: Speaking, real: string): string =>
  scene.layout.namespaces.find(({ name }) => stage.name(name) === real)?.name ?? real;

function answerTo(
  speaking: Speaking,
  { in: at, header }: Seen,
  sent: Sent | undefined,
  { flags, chunks }: Pick<Extract<Step, { does: 'answer' }>, 'flags' | 'chunks'>,
): Packet {
  const { protocol, icmp } = sent?.packet ?? { protocol: 'udp' as const, icmp: undefined };
  const base = { from: nameIn(speaking, at), through: 'raw', source: header.destination, destination: header.source, protocol } as const;
  if (icmp !== undefined)
    return { ...base, icmp: { ...icmp, id: header.sport, type: icmp.type === 8 ? 0 : icmp.type === 128 ? 129 : icmp.type } };
  if (isPortless(protocol)) return base;
  const ports = { sport: header.dport, dport: header.sport };
  if (protocol === 'sctp') return { ...base, ...ports, chunks: chunks ?? answering(sent?.packet ?? {}) };
  return { ...base, ...ports, ...(protocol === 'tcp' ? { flags: flags ?? 'SA' } : {}) };
}

function errorAbout(
  speaking: Speaking,
  { in: at, header }: Seen,
  sent: Sent | undefined,
  error: { readonly type: number; readonly code: number },
): Packet {
  const original = sent?.packet;
  const about = {
    from: '',
    through: 'raw',
    source: header.source,
    destination: header.destination,
    protocol: original?.protocol ?? 'udp',
    sport: header.sport,
    dport: header.dport,
    ...(original?.icmp === undefined ? {} : { icmp: { ...original.icmp, id: header.sport } }),
    ...(original?.flags === undefined ? {} : { flags: original.flags }),
    ...(original?.chunks === undefined ? {} : { chunks: original.chunks }),
    ...(original?.tags === undefined ? {} : { tags: original.tags }),
  } as const;
  const base = { from: nameIn(speaking, at), through: 'raw', source: header.destination, destination: header.source, about } as const;
  const isFour = !header.source.includes(':');
  return { ...base, protocol: isFour ? 'icmp' : 'icmpv6', icmp: { type: error.type, code: error.code, id: 0 } };
}
