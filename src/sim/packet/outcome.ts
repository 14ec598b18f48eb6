import type { Ip } from '#net/ip';
import type { Choice } from '#sim/clock/choice';
import type { Gap } from '#snapshot/gap';
import type { Origin } from '#snapshot/origin';
import type { FactRef } from './fact-ref.ts';
import type { Packet } from './packet.ts';
import type { State } from './state.ts';

export type { FactRef } from './fact-ref.ts';

/** How a packet's way ends. */
export type Disposition =
  | 'delivered' // a local socket (or the stack itself: echo) took it
  | 'no listener' // it reached the peer's stack, where nothing listens: RST or port unreachable
  | 'dropped' // silently
  | 'rejected' // a rule answered with an error
  | 'unreachable' // no route, a failed neighbour, an unreachable route: the sender may see ICMP
  | 'too big' // DF and a smaller MTU
  | 'looped'
  | 'left the model' // went to where nothing was captured
  | 'unknown'; // depends on what was not seen or is not modelled

/** One thing that the kernel did to the packet. */
export type Step = {
  /** The element's folder: `route`, `fdb`, `iptables`, `rp-filter` …. */
  readonly element: string;
  /** In a sentence: what happened, with the values that mattered. */
  readonly says: string;
  /** The facts that decided it. */
  readonly by: readonly FactRef[];
  /** Every rule that counted this packet on the way (origins of rules and policies). */
  readonly counted: readonly Origin[];
  /** Rules that may have counted it: nobody knows, and it does not matter to the packet. */
  readonly mayCount?: readonly Origin[];
  /** The packet after the step, when it changed it. */
  readonly packet?: Packet;
};

/** One namespace on the way. */
export type Hop = {
  readonly at: Place;
  readonly in: string | null;
  readonly out: string | null;
  readonly steps: readonly Step[];
  /** The packet as it left, where it did. */
  readonly left?: Packet;
};

/** Where something happens: node, its namespace ('' is the root one), the device. */
export type Place = { readonly node: string; readonly netns: string; readonly device: string | null };

/** Why a packet's way ended. `code` is the kernel's drop reason (include/net/dropreason-core.h) where there is one. */
export type Reason = {
  readonly code: string;
  readonly says: string;
  readonly by: readonly FactRef[];
  /** Set on `unknown`: what was missing or is not modelled. */
  readonly gap?: Gap;
};

/** What the sender sees, and after how many milliseconds (0: at once). */
export type Answer = {
  readonly kind: 'reply' | 'rst' | 'icmp' | 'silence' | 'unknown';
  readonly icmp?: { readonly type: number; readonly code: number; readonly from: Ip };
  readonly after: number | null;
};

/** One way of a packet from its sender to its end. */
export type Walk = {
  readonly packet: Packet;
  /** As it was at its end (addresses and ports rewritten). */
  readonly received: Packet;
  /** The tunnel's packet around it, where it died inside one. */
  readonly outer?: Packet;
  readonly disposition: Disposition;
  readonly at: Place;
  readonly reason: Reason;
  readonly hops: readonly Hop[];
};

/** What came of one packet: its way there, the way of its answer, and what the sender saw. */
export type Outcome = Walk & {
  /** Whether the sender gets the peer's answer: RST and port unreachable of the peer itself count, errors from on the way do not. */
  readonly works: 'yes' | 'no' | 'unknown';
  readonly answer: Answer;
  /** The way of the answer, where there was one. */
  readonly reply: Walk | null;
  /** What the packet (and its answer) left behind. */
  readonly state: State;
};

/** One outcome of a trace with its weight. */
export type TracedOutcome = Outcome & { readonly probability: number | null; readonly choices: readonly Choice[] };
