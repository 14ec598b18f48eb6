import type { World } from '#dataplane/world';
import type { FactOf } from '#facts/kinds';
import type { Ip } from '#net/ip';
import type { TracedOutcome } from '#sim/packet/outcome';
import type { Scope } from '#snapshot/scope';

/** What an application asks its resolver for, and where. */
export type Question = {
  readonly world: World;
  /** The namespace of the application. */
  readonly from: Scope;
  readonly resolvConf: FactOf<'resolv-conf'>;
  /** As the application gives it; a trailing dot means that nothing is appended. */
  readonly name: string;
};

/** One query as it goes on the wire. */
export type WireQuery = {
  /** Milliseconds after the lookup began. */
  readonly at: number;
  readonly name: string;
  readonly type: 'A' | 'AAAA';
  readonly server: Ip;
  readonly sourcePort: number;
  /** Milliseconds after it was sent; nothing when no answer came. */
  readonly answeredAfter: number | null;
  readonly outcome: Omit<TracedOutcome, 'probability' | 'choices'>;
};

/** What a lookup comes to. */
export type LookupResult = {
  readonly queries: readonly WireQuery[];
  /** What getaddrinfo gives the application. */
  readonly result: 'answer' | 'EAI_AGAIN' | 'EAI_NONAME' | 'EAI_FAIL' | 'unknown';
  /** Milliseconds until the application has it. */
  readonly afterMs: number;
};
