import type { ModelOutcome } from '../stage/model.ts';

/** What an answer left behind: the question's number, and which of its outcomes. */
export type After = { readonly id: string; readonly outcome: number };

/** One of the model's outcomes, and where it may have been left. */
export type Left = { readonly outcome: ModelOutcome; readonly after: After };

/**
 * Outcomes that left the same connections, which are one question: the model knows what may be left of all that is rationed. What nobody
 * knows the odds of is followed apart: together it would be between the least and the most that is left on any of the ways.
 */
export const alike = (all: readonly Left[]): readonly (readonly Left[])[] =>
  grouped(all, ({ outcome, after }) => (outcome.probability === null ? [after] : tracked(outcome)));

/** A conversation in which more than so many questions may follow is not asked about any further. */
const MAYBES = 12;

/**
 * What is asked after, where any of these may have come and nobody saw which: each of them, or, of too many, those that left the same as
 * one, first those whose odds are known. Nothing where it is too much for that.
 */
export function followed(all: readonly Left[]): readonly (After | readonly After[])[] {
  if (all.length <= MAYBES) return all.map(({ after }) => after);
  const groups = [alike(all), grouped(all, ({ outcome }) => tracked(outcome))].find(({ length }) => length <= MAYBES) ?? [];
  return groups.map((group) => group.map(({ after }) => after));
}

const tracked = ({ connections, gone }: ModelOutcome): unknown => [connections, gone];

const grouped = (all: readonly Left[], by: (one: Left) => unknown): readonly (readonly Left[])[] => [
  ...Map.groupBy(all, (one) => JSON.stringify(by(one))).values(),
];
