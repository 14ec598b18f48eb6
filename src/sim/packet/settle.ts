import { type Because, type Branch, type Choice, jointProbability } from '#sim/clock/choice';
import type { Outcome, TracedOutcome } from './outcome.ts';

/**
 * Makes outcomes of the branches of a run. Where a branch point has no probability, its branches are compared: if all lead to
 * the same, it did not matter; else they become one outcome that is unknown, naming what is missing.
 */
export function settle(branches: readonly Branch<Outcome>[]): readonly TracedOutcome[] {
  return settled(branches, 0).map(({ choices, ...outcome }) => ({ ...outcome, choices, probability: jointProbability(choices) }));
}

type Settled = Outcome & { readonly choices: readonly Choice[] };

function settled(branches: readonly Branch<Outcome>[], depth: number): readonly Settled[] {
  const [first] = branches;
  if (first === undefined) return [];
  const choice = first.choices[depth];
  if (choice === undefined) return [{ ...first.result, choices: [] }];
  const parts = [...grouped(branches, depth).values()].map((part) => ({
    made: part[0]?.choices[depth] ?? choice,
    outcomes: settled(part, depth + 1),
  }));
  const isKnown = parts.every(({ made }) => made.probability !== null);
  if (isKnown)
    return parts.flatMap(({ made, outcomes }) => outcomes.map((outcome) => ({ ...outcome, choices: [made, ...outcome.choices] })));
  const [one, ...others] = parts;
  if (one === undefined) return [];
  const same = others.every(({ outcomes }) => signature(outcomes) === signature(one.outcomes));
  return same
    ? one.outcomes
    : [
        doubtful(
          parts.flatMap(({ outcomes }) => outcomes),
          choice,
        ),
      ];
}

function grouped(branches: readonly Branch<Outcome>[], depth: number): ReadonlyMap<string, readonly Branch<Outcome>[]> {
  const groups = new Map<string, Branch<Outcome>[]>();
  for (const branch of branches) {
    const picked = branch.choices[depth]?.picked ?? '';
    const own = groups.get(picked);
    if (own === undefined) groups.set(picked, [branch]);
    else own.push(branch);
  }
  return groups;
}

/** What makes two sets of outcomes the same to who asks: how they end, where, why, with which weight. */
const signature = (outcomes: readonly Settled[]): string =>
  outcomes
    .map(({ works, disposition, at, reason, answer, choices }) =>
      JSON.stringify([works, disposition, at, reason.code, answer.kind, answer.icmp ?? null, jointProbability(choices)]),
    )
    .sort()
    .join('\n');

/** Several outcomes of which nobody knows which one comes. What they all agree on stays. */
function doubtful(outcomes: readonly Settled[], { because }: Choice): Settled {
  const [first, ...others] = outcomes;
  if (first === undefined) throw new Error('nothing to doubt');
  const works = others.every((other) => other.works === first.works) ? first.works : 'unknown';
  const own = outcomes.find(({ disposition }) => disposition === 'unknown')?.reason;
  return {
    ...first,
    works,
    disposition: 'unknown',
    reason: because === undefined ? (own ?? first.reason) : reasonOf(because),
    answer: works === 'unknown' ? { kind: 'unknown', after: null } : first.answer,
    choices: [],
  };
}

const reasonOf = ({ gap, by }: Because): Outcome['reason'] => ({
  code: gap.why === 'not modelled' ? 'NOT_MODELLED' : 'NOT_SEEN',
  says: gap.detail,
  by,
  gap,
});
