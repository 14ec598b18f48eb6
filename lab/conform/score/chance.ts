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
    for (const { answer, matching } of upToChoice(judged)) {
      if ('error' in answer || answer.outcomes.length < 2 || matching.length === 0 || !answer.complete) continue;
      // after several things that may have come before, outcomes of all of them are told together
      if (likely(answer.outcomes) > SURE || likely(matching) === 0) continue;
      for (const rule of new Set(answer.outcomes.flatMap(({ walks }) => walks.flatMap(({ counted }) => counted)))) {
        const chance = likely(answer.outcomes.filter((one) => counts(one, rule)));
        tallies.set(rule, tallied(tallies.get(rule), chance, shareOf(matching, rule)));
      }
    }
  }
  return [...tallies].flatMap(([rule, { expected, variance, happened, packets }]) => {
    const distance = Math.abs(happened - expected) / Math.sqrt(Math.max(variance, 1e-9));
    if (packets < ENOUGH || variance < 1 || distance < STRANGE) return [];
    return [
      {
        of: 'chance' as const,
        says: `${rule} was taken by ${Math.round(happened)} of ${packets} packets, expected are ${expected.toFixed(1)}`,
      },
    ];
  });
}

/** Where several may have come of which nobody knows the odds, what follows is as likely as any that are made up for them: nobody knows. */
function upToChoice<J extends Pick<Told['judged'][number], 'matching'>>(judged: readonly J[]): readonly J[] {
  const at = judged.findIndex(({ matching }) => matching.filter(({ probability }) => probability === null).length > 1);
  return at < 0 ? judged : judged.slice(0, at + 1);
}

const likely = (outcomes: readonly ModelOutcome[]): number => outcomes.reduce((sum, { probability }) => sum + (probability ?? 0), 0);

/**
 * How likely it is that a rule counted a packet, by what was seen. Of outcomes that look alike nobody knows which came; to leave such
 * packets out would leave those in that one can see, which are not as many as the dice give.
 */
const shareOf = (matching: readonly ModelOutcome[], rule: string): number =>
  likely(matching.filter((one) => counts(one, rule))) / likely(matching);

const tallied = (before: Tally | undefined, chance: number, did: number): Tally => ({
  expected: (before?.expected ?? 0) + chance,
  variance: (before?.variance ?? 0) + (did === 0 || did === 1 ? chance * (1 - chance) : (did - chance) ** 2),
  happened: (before?.happened ?? 0) + did,
  packets: (before?.packets ?? 0) + 1,
});
