import type { TracedOutcome } from '#sim/packet/outcome';
import type { Flow } from '#sim/packet/trace';

/** What the walk of a pair's packets says. */
export type ByPath = {
  readonly is: 'yes' | 'no' | 'partly' | 'unknown';
  /** How often it fails, where it does only sometimes and that is known. */
  readonly failing: number | null;
  readonly says: string;
  /** The flow that was walked; `null`: nothing could be. */
  readonly flow: Flow | null;
  /** The outcome that speaks for the answer. */
  readonly shown: TracedOutcome | null;
};
