import type { TracedOutcome, Walk } from '#sim/packet/outcome';
import { FRESH } from '#sim/packet/state';
import type { Answered } from './check.ts';

/** An answer as a diagnosis keeps it: of what passes, which places its way touched, and not each step with its evidence. */
export function slim(answered: Answered): Answered {
  return answered.result === 'pass' ? { ...answered, outcomes: answered.outcomes.map(placesOnly) } : answered;
}

const placesOnly = (outcome: TracedOutcome): TracedOutcome => ({
  ...outcome,
  ...walked(outcome),
  reply: outcome.reply === null ? null : walked(outcome.reply),
  state: FRESH,
});

const walked = (walk: Walk): Walk => ({
  ...walk,
  hops: walk.hops.map(({ at, in: ingress, out }) => ({ at, in: ingress, out, steps: [] })),
});
