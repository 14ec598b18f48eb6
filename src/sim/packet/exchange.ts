import type { Link } from '#facts/link/link';
import type { Stack } from '#dataplane/stack';
import type { World } from '#dataplane/world';
import type { Mac } from '#net/mac';
import { type Branch, type Chooser, type Choice, enumerate } from '#sim/clock/choice';
import type { Scope } from '#snapshot/scope';
import { errorPacket, isUnanswered, replyTo, resetTo, skbOf } from './answer.ts';
import { departing } from './departing.ts';
import { heed } from './icmp/heed.ts';
import { alike, type Likely, weightOf, withRations } from './joined.ts';
import type { End, Next } from './next.ts';
import type { Walk } from './outcome.ts';
import type { Packet } from './packet.ts';
import { Run } from './run.ts';
import { walkOf } from './send.ts';
import type { Owner } from './skb.ts';
import type { State } from './state.ts';
import { walk } from './walk.ts';

/** One packet as it is put into the world: through its namespace's own stack, or as a frame on a device. */
export type Sent = {
  readonly from: Scope;
  readonly packet: Packet;
  /** Who owns the socket that sends it. */
  readonly owner?: Owner;
  /** What sends it: an ordinary socket, which hears of errors, or a raw one that writes headers by itself. Left out: nobody told. */
  readonly socket?: 'ordinary' | 'raw';
  readonly frame?: { readonly device: string; readonly from: Mac; readonly to: Mac };
};

/** One packet's way, and how many milliseconds after the first packet it begins. */
export type TimedWalk = Walk & { readonly after: number };

/** A packet's way, then the ways of what the stacks answer by themselves: echo replies, SYN-ACKs, resets, ICMP errors. */
export type Exchange = { readonly walks: readonly TimedWalk[]; readonly state: State };

/** All that can come of a packet; `complete` is false when there were too many ways. */
export type Exchanges = { readonly branches: readonly Branch<Exchange>[]; readonly complete: boolean };

/** An answer is answered at most so often: a SYN by a SYN-ACK by a reset. */
const ANSWERS = 6;

/** Sends one packet and follows what comes of it. Nothing but the kernels answers: no application is imagined. */
export function exchange(world: World, sent: Sent, state: State, at = 0): Exchanges | undefined {
  const stack = world.stack(sent.from);
  if (stack === undefined) return undefined;
  const link = sent.frame === undefined ? undefined : stack.link(sent.frame.device);
  if (sent.frame !== undefined && link === undefined) return undefined;
  return enumerate((chooser) => oneWay(world, stack, link, sent, state, chooser, at));
}

function oneWay(world: World, stack: Stack, link: Link | undefined, sent: Sent, state: State, chooser: Chooser, at: number): Exchange {
  const run = new Run(world, chooser, state, at);
  const hasSocket = sent.frame === undefined && sent.socket !== 'raw';
  run.sender = hasSocket ? { stack, sent: sent.packet, isSure: sent.socket === 'ordinary' } : undefined;
  const walks: TimedWalk[] = [];
  let after = 0;
  let packet: Packet | null = sent.packet;
  let next: Next = startOf(stack, link, sent);
  while (packet !== null) {
    run.restart();
    const way = walk(run, next);
    walks.push({ ...walkOf(packet, way), after });
    heed(run, way, run.sender?.isSure === true ? run.sender : undefined);
    after += way.error?.delayMs ?? 0;
    packet = walks.length > ANSWERS ? null : answerTo(run, way);
    if (packet !== null) next = departing(run, way, packet);
  }
  return { walks, state: run.after() };
}

function startOf(stack: Stack, link: Link | undefined, { packet, owner, socket, frame }: Sent): Next {
  const made = skbOf(stack, packet);
  const isRaw = socket === 'raw';
  const skb = { ...made, owner, isRaw, labelled: isRaw || frame !== undefined ? null : made.labelled };
  return frame === undefined || link === undefined ? { stage: 'output', skb } : { stage: 'transmit', skb: { ...skb, frame }, link };
}

/** What the stack where a packet ended sends by itself. */
function answerTo(run: Run, way: End): Packet | null {
  const { skb, error, disposition, answersFrom } = way;
  if (disposition === 'unknown') return null;
  const { tcp, icmp, protocol } = skb.packet;
  if (error !== null) return isOnlyReturned(way) ? null : errorPacket(run, way, error);
  if (disposition !== 'delivered' || isUnanswered(way) || skb.carries !== null) return null;
  if (icmp !== null) return replyTo(skb.packet, answersFrom);
  if (protocol === 'sctp') return answersFrom === undefined ? null : replyTo(skb.packet, answersFrom);
  if (tcp === null || tcp.rst) return null;
  // A listener answers an acknowledgement that it knows nothing of by a reset, and overlooks what is neither (tcp_rcv_state_process).
  if (tcp.ack) return resetTo(skb.packet);
  return tcp.syn && !tcp.fin ? replyTo(skb.packet) : null;
}

/**
 * An error of the sender's own routes or sizes is a system call's result (ip_local_error, ipv6_local_error); a rule's REJECT, a
 * neighbour's silence, or what is found too big only behind the last hook is a packet.
 */
const isOnlyReturned = ({ skb, disposition, reason: { code } }: End): boolean =>
  skb.in === null && ((disposition === 'too big' && !(skb.isRaw && code !== 'PKT_TOO_BIG')) || code === 'IP_OUTNOROUTES');

/** One thing that can come of a packet. `probability` is null where the model does not know whether it comes. */
export type Possible = Exchange & { readonly probability: number | null };

/**
 * What can come of a packet: outcomes that look alike and leave the same become one, that leaves of limits and errors what any of them
 * leaves. An unmodelled branch whose ways are all alike did not matter; else nobody knows which comes, and all of them carry no probability.
 */
export function possibilities({ branches }: Exchanges): readonly Possible[] {
  const unmodelled = branches.some(({ choices }) => choices.some(isUnmodelled));
  const looks = Map.groupBy(branches.map(weighed), lookOf);
  const all = [...looks.values()].flatMap((same) =>
    alike(same).map((group): Possible => {
      const [{ walks }] = group;
      return { walks, state: withRations(group), probability: unmodelled ? null : weightOf(group) };
    }),
  );
  return all.length === 1 ? all.map((one) => ({ ...one, probability: 1 })) : all;
}

const weighed = ({ result, probability }: Branch<Exchange>): Exchange & Likely => ({ ...result, weight: probability });

/** Why no probability is known, each reason once. */
export const doubtsOf = ({ branches }: Exchanges): readonly string[] => [
  ...new Set(branches.flatMap(({ choices }) => choices.filter(isUnmodelled).map(({ of, because }) => because?.gap.detail ?? of))),
];

const isUnmodelled = ({ probability }: Choice): boolean => probability === null;

/** What makes two outcomes one to whoever looks: where each packet went, how it ended, who counted it. */
const lookOf = ({ walks }: Exchange): string =>
  JSON.stringify(
    walks.map(({ disposition, at, reason, received, hops }) => [
      disposition,
      at,
      reason.code,
      received,
      hops.map(({ at: place, in: into, out, steps }) => [place, into, out, steps.flatMap(({ counted }) => counted)]),
    ]),
  );
