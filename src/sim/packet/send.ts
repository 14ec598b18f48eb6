import type { World } from '#dataplane/world';
import type { Chooser } from '#sim/clock/choice';
import type { Scope } from '#snapshot/scope';
import { arriving } from './arrive.ts';
import { errorPacket, isUnanswered, replyTo, skbOf } from './answer.ts';
import { departing } from './departing.ts';
import { numbersOf } from './icmp/error.ts';
import { learnPath } from './icmp/heed.ts';
import { isAnswerTo } from './is-answer.ts';
import type { End } from './next.ts';
import type { Answer, Hop, Outcome, Place, Walk } from './outcome.ts';
import type { Packet } from './packet.ts';
import { Run } from './run.ts';
import { innermost } from './skb.ts';
import type { State } from './state.ts';
import { hopsOf } from './trail.ts';
import { walk } from './walk.ts';

const SILENCE: Answer = { kind: 'silence', after: null };
const NOT_KNOWN: Answer = { kind: 'unknown', after: null };

/**
 * Sends one packet from a namespace and tells what came of it: its way, the way of its answer, what the sender saw, what it
 * left behind. Deterministic for a chooser. `at` is the time of sending in milliseconds.
 */
export function send(world: World, from: Scope, packet: Packet, state: State, chooser: Chooser, at: number): Outcome {
  const stack = world.stack(from);
  if (stack === undefined) return notCaptured(from, packet, state, 'nothing was captured of the namespace that sends');
  const run = new Run(world, chooser, state, at);
  run.sender = { stack, sent: packet, isSure: true };
  const way = walk(run, { stage: 'output', skb: skbOf(stack, packet) });
  const there = walkOf(packet, way);
  const back = answered(run, way, there.hops, packet);
  return { ...there, ...back, state: run.after() };
}

/** The same of a packet that comes in at a device from somebody who was not captured: its answer is walked as far as it can be. */
export function receive(world: World, at: Scope, device: string, packet: Packet, state: State, chooser: Chooser): Outcome {
  const stack = world.stack(at);
  const link = stack?.link(device);
  if (stack === undefined || link === undefined) return notCaptured(at, packet, state, `${device}, by which it comes in, is not there`);
  const run = new Run(world, chooser, state);
  const way = walk(run, arriving({ stack, link }, packet));
  const there = walkOf(packet, way);
  return { ...there, ...answered(run, way, there.hops, packet), state: run.after() };
}

type Answered = Pick<Outcome, 'works' | 'answer' | 'reply'>;

/** The stack's or a router's answer on its way back. */
function answered(run: Run, way: End, hops: readonly Hop[], sent: Packet): Answered {
  const origin = way.skb;
  if (way.disposition === 'unknown' || way.disposition === 'left the model') return { works: 'unknown', answer: NOT_KNOWN, reply: null };
  // What befell the outside of a tunnel is told to the tunnel's own end, not to who sent the inside.
  const isOuter = origin.carries !== null;
  const error = isOuter ? null : way.error;
  if (error !== null && origin.in === null && way.skb.stack === error.stack && hops.length <= 1) return local(error, sent);
  const packet =
    error !== null
      ? errorPacket(run, way, error)
      : way.disposition === 'delivered' && !isUnanswered(way) && !isOuter
        ? replyTo(origin.packet, way.answersFrom)
        : null;
  if (packet === null) return { works: 'no', answer: SILENCE, reply: null };
  run.restart();
  const home = hops[0]?.at;
  const back = toSender(walk(run, departing(run, way, packet)), home, sent);
  // an echo's answer is known by its id: an anycast address answers by another
  const asked = way.answersFrom === undefined || sent.icmp === null ? sent : { ...sent, destination: way.answersFrom };
  return judged(run, way, walkOf(packet, back), { back, home, sent: asked });
}

/** The sender has a socket for the answer to what it sent, whatever sockets were captured. */
function toSender(back: End, home: Place | undefined, sent: Packet): End {
  if (back.disposition !== 'no listener' || !isAt(back, home) || !isAnswerTo(back.skb.packet, sent)) return back;
  return {
    ...back,
    disposition: 'delivered',
    reason: { code: 'DELIVERED', says: 'the socket that asked takes the answer', by: [] },
    error: null,
  };
}

const isAt = ({ skb: { stack } }: End, place: Place | undefined): boolean =>
  stack.scope.node === place?.node && stack.scope.netns === place.netns;

/** An error that the sender's own stack reports without sending anything. */
function local(error: NonNullable<End['error']>, sent: Packet): Answered {
  if (error.reset === true) return { works: 'no', answer: { kind: 'rst', after: error.delayMs }, reply: null };
  const [type, code] = numbersOf(error);
  return {
    works: 'no',
    answer: { kind: 'icmp', icmp: { type, code, from: sent.source }, after: error.delayMs },
    reply: null,
  };
}

/** An answer's end, where what it answers was sent, and that. */
type Returned = { readonly back: End; readonly home: Place | undefined; readonly sent: Packet };

function judged(run: Run, way: End, reply: Walk, { back, home, sent }: Returned): Answered {
  const arrived = back.disposition === 'delivered' && isAt(back, home);
  if (back.disposition === 'unknown' || back.disposition === 'left the model') return { works: 'unknown', answer: NOT_KNOWN, reply };
  if (!arrived || !isAnswerTo(back.skb.packet, sent)) return { works: 'no', answer: SILENCE, reply };
  const { icmp, source } = back.skb.packet;
  const after = way.error?.delayMs ?? 0;
  const fromPeer = way.disposition === 'delivered' || way.disposition === 'no listener';
  if (icmp?.inner !== undefined) {
    if (icmp.mtu !== undefined) learnPath(run, back.skb.stack, sent.destination, icmp.mtu);
    return {
      works: fromPeer ? 'yes' : 'no',
      answer: { kind: 'icmp', icmp: { type: icmp.type, code: icmp.code, from: source }, after },
      reply,
    };
  }
  return { works: fromPeer ? 'yes' : 'no', answer: { kind: isRefusal(back.skb.packet) ? 'rst' : 'reply', after }, reply };
}

const isRefusal = ({ tcp, sctp }: Packet): boolean => tcp?.rst === true || sctp?.chunks[0]?.type === 'ABORT';

/** A way as the contract tells it; of a tunnel's packet that died, the inside is what was received last. */
export function walkOf(packet: Packet, way: End): Walk {
  const { skb, disposition, at, reason } = way;
  const around = skb.carries === null ? {} : { outer: skb.packet };
  return { packet, received: innermost(skb), ...around, disposition, at, reason, hops: hopsOf(skb.trail) };
}

function notCaptured(from: Scope, packet: Packet, state: State, detail: string): Outcome {
  const gap = {
    of: 'link',
    scope: from,
    why: 'not collected',
    detail,
    capture: 'leadline capture',
  } as const;
  const place = { ...from, device: null };
  const reason = { code: 'NOT_SEEN', says: gap.detail, by: [], gap };
  return {
    packet,
    received: packet,
    disposition: 'unknown',
    at: place,
    reason,
    hops: [],
    works: 'unknown',
    answer: NOT_KNOWN,
    reply: null,
    state,
  };
}
