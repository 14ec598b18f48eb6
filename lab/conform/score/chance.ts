import type { Disagreement } from '../job.ts';
import type { Told } from '../play/ask.ts';
import type { ModelOutcome } from '../stage/model.ts';

type Tally = { readonly expected: number; readonly variance: number; readonly happened: number; readonly packets: number };

/** A rule that was taken so much more or less often than its probability says happens once in a million scenes. */
const STRANGE = 5;
const SURE = 1.000_001;
/** Of fewer packets nothing is said. */
const ENOUGH = 20;

const counts = ({ walks }: ModelOutcome, rule: string): boolean => walks.some(({ counted }) => counted.includes(rule));

/** Rules that choose by chance, whose choices over a scene do not fit the probabilities that the model gives them. */
export function unlikely(told: readonly Told[]): readonly Disagreement[] {
  const tallies = new Map<string, Tally>();
  for (const { judged } of told) {
    for (const { answer, matching } of judged) {
      const [happened] = matching;
      // what nobody could tell apart tells nothing of frequencies
      if ('error' in answer || answer.outcomes.length < 2 || matching.length !== 1 || happened === undefined || !answer.complete) continue;
      // after several things that may have come before, outcomes of all of them are told together
      if (answer.outcomes.reduce((sum, { probability }) => sum + (probability ?? 0), 0) > SURE) continue;
      for (const rule of new Set(answer.outcomes.flatMap(({ walks }) => walks.flatMap(({ counted }) => counted)))) {
        const chance = answer.outcomes.reduce((sum, one) => sum + (counts(one, rule) ? (one.probability ?? 0) : 0), 0);
        tallies.set(rule, tallied(tallies.get(rule), chance, counts(happened, rule)));
      }
    }
  }
  return [...tallies].flatMap(([rule, { expected, variance, happened, packets }]) => {
    const distance = Math.abs(happened - expected) / Math.sqrt(Math.max(variance, 1e-9));
    if (packets < ENOUGH || variance < 1 || distance < STRANGE) return [];
    return [{ of: 'chance' as const, says: `${rule} was taken by ${happened} of ${packets} packets, expected are ${expected.toFixed(1)}` }];
  });
}

const tallied = (before: Tally | undefined, chance: number, did: boolean): Tally => ({
  expected: (before?.expected ?? 0) + chance,
  variance: (before?.variance ?? 0) + chance * (1 - chance),
  happened: (before?.happened ?? 0) + (did ? 1 : 0),
  packets: (before?.packets ?? 0) + 1,
});
