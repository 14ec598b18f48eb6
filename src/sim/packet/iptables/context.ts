import type { Link } from '#facts/link/link';
import type { IptablesRule, IptablesTable, MatchExtension } from '#facts/iptables/iptables';
import type { Gap } from '#snapshot/gap';
import type { Stack } from '#dataplane/stack';
import type { Track } from '../conntrack/connection.ts';
import type { Notebook } from '../notes.ts';
import type { Packet } from '../packet.ts';
import type { Rounds } from '../rounds.ts';
import type { Bridged, Owner } from '../skb.ts';
import type { Diverted } from '../socket/diverted.ts';
import type { Sender } from '../socket/sender.ts';

/** The five places where the kernel asks. */
export type Hook = 'PREROUTING' | 'INPUT' | 'FORWARD' | 'OUTPUT' | 'POSTROUTING';

/** What a rule can look at. The packet, its mark, its track and the socket that it is given to change while the rules run. */
export type Context = {
  readonly stack: Stack;
  readonly hook: Hook;
  readonly table: IptablesTable['table'];
  /** Which machinery asks; left out: not told. */
  readonly backend?: IptablesTable['backend'];
  readonly in: Link | null;
  readonly out: Link | null;
  readonly bridged: Bridged | null;
  readonly cast: 'host' | 'broadcast' | 'multicast' | 'otherhost';
  readonly fromMac: string | null;
  readonly toMac?: string | null;
  /** Sent by a socket of this namespace. */
  readonly own: boolean;
  /** Who owns the sending socket, where that was told; `null` where there is none. */
  readonly owner?: Owner | null | undefined;
  /** Sent by a socket without a file, or by none, in answer to another packet. */
  readonly isOfKernel?: boolean;
  /** When it was sent, in milliseconds after the reading; 0 when left out. */
  readonly at?: number;
  /** What the run's packets leave behind; left out: nothing is kept. */
  readonly notes?: Notebook;
  readonly rounds?: Rounds;
  /** The socket that sent what the run is about. */
  readonly sender?: Sender | undefined;
  packet: Packet;
  track: Track | null;
  diverted?: Diverted | null;
  /** A match drops the packet at once (struct xt_action_param), or why nobody knows whether it does. */
  hotdrop?: true | Gap;
  /** Whether the rule got as far as this match is chance or not known. */
  isDoubtful?: boolean;
};

/**
 * Whether a match holds; else with which probability, or why that is not known. `changes` where it changes the packet in a way that is
 * not known, whatever the rule's other matches answer.
 */
export type Answer = boolean | Chance | { readonly gap: Gap; readonly changes?: true };

/** How likely it is that a match holds. What is known better once that was decided is noted by `settle`. */
export type Chance = { readonly probability: number; readonly settle?: (holds: boolean) => void };

export type Test = (context: Context) => Answer;

/** The options of a match, read by name; what is left unread was not understood. */
export class Options {
  readonly #options: MatchExtension['options'];
  readonly #read = new Set<number>();

  constructor(options: MatchExtension['options']) {
    this.#options = options;
  }

  /** The option of one of these names, and whether it is negated. */
  get(...names: readonly string[]): { readonly value: string; readonly values: readonly string[]; readonly not: boolean } | undefined {
    const at = this.#options.findIndex(({ name }) => names.includes(name.replace(/^-+/, '')));
    const option = this.#options[at];
    if (option === undefined) return undefined;
    this.#read.add(at);
    return { value: option.values[0] ?? '', values: option.values, not: option.not };
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  /** Takes every option as read. */
  readAll(): void {
    for (const at of this.#options.keys()) this.#read.add(at);
  }

  /** The first option that nobody asked for. */
  unread(): string | undefined {
    return this.#options.find((_, at) => !this.#read.has(at))?.name;
  }
}

/** Where a match stands: its rule, and its place among the rule's matches. */
export type Where = { readonly rule: IptablesRule; readonly place: number };

/** A match or target of a name: how its options become a test. Nothing: not understood. */
export type Compile = (options: Options, where: Where) => Test | undefined;

/** All of several tests: false as soon as one is. */
export const all =
  (tests: readonly Test[]): Test =>
  (context) => {
    let answer: Answer = true;
    for (const test of tests) {
      const own = test(context);
      if (own === true) continue;
      if (own === false) {
        answer = false;
        break;
      }
      answer = both(answer, own);
      context.isDoubtful = true;
    }
    if (context.isDoubtful === true) context.isDoubtful = false;
    return answer;
  };

/** Both of two answers that do not depend on each other, neither of which is no. */
export function both(one: Answer, other: Answer): Answer {
  if (one === true || typeof one === 'boolean') return other;
  if (typeof other === 'boolean' || 'gap' in one) return one;
  if ('gap' in other) return other;
  return { probability: one.probability * other.probability };
}

/** The opposite of an answer. */
export function opposite<A extends boolean | Chance | { readonly gap: Gap }>(
  answer: A,
): boolean | Chance | Extract<A, { readonly gap: Gap }>;
export function opposite(answer: Answer): Answer {
  if (typeof answer === 'boolean') return !answer;
  if ('gap' in answer) return answer;
  const { probability, settle } = answer;
  return { probability: 1 - probability, ...(settle === undefined ? {} : { settle: (holds: boolean) => settle(!holds) }) };
}

export const negated = (not: boolean, test: Test): Test => (not ? (context) => opposite(test(context)) : test);
