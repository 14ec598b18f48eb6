import type { Facts } from '#facts/facts';
import type { FileProblem } from '#parsers/read';
import type { Quote } from '#report/quote';
import type { Snapshot } from '#snapshot/snapshot';

/** Captures as a command uses them: what was captured, what was read out of it, and its lines for quoting. */
export type Opened = {
  readonly snapshot: Snapshot;
  readonly facts: Facts;
  readonly problems: readonly FileProblem[];
  readonly quote: Quote;
};
