import type { Facts } from '#facts/facts';
import { type After, askUnder } from './applied.ts';
import type { Candidate } from './candidate.ts';
import type { AskedCheck } from './check.ts';
import type { Counterfactual } from './finding.ts';
import { crosses } from './look.ts';
import { type MendingSet, mendingSets } from './mending-set.ts';
import { changesOf } from './preview.ts';

/** What a candidate's fix does to the failing checks: alone, or as a member of a set that mends them. */
export type Proof = {
  readonly candidate: Candidate;
  readonly mends: ReadonlySet<string>;
  readonly counterfactual: readonly Counterfactual[];
  readonly breaks: readonly string[];
};

type Alone = ReadonlyMap<Candidate, ReadonlyMap<string, After>>;

/** How many passing checks are asked again to see whether a fix breaks them: all, or of many those near it. */
const MAX_PASSING = 2000;

/**
 * Proves candidates by counterfactual. A check that one fix alone mends is explained by it. What only a set mends is explained
 * by the members of a smallest such set, each of which it is not mended without.
 */
export function prove(
  facts: Facts,
  candidates: readonly Candidate[],
  failing: readonly AskedCheck[],
  passing: readonly AskedCheck[],
): readonly Proof[] {
  const alone: Alone = new Map(candidates.map((candidate) => [candidate, askUnder(facts, [candidate], failing)] as const));
  const left = failing.filter(({ id }) => !candidates.some((candidate) => alone.get(candidate)?.get(id) === 'pass'));
  const sets = left.length === 0 ? [] : mendingSets(facts, strongestFirst(candidates, alone), left);
  return candidates.map((candidate): Proof => {
    const shared = sharedBy(candidate, sets);
    const counterfactual = failing.map(({ id, answered }): Counterfactual => {
      const together = shared.get(id);
      const after = together === undefined ? (alone.get(candidate)?.get(id) ?? 'unknown') : 'pass';
      return { check: id, before: answered.result === 'fail' ? 'fail' : 'unknown', after, together: together ?? [] };
    });
    const mends = new Set(counterfactual.filter(({ after }) => after === 'pass').map(({ check }) => check));
    return { candidate, mends, counterfactual, breaks: mends.size === 0 ? [] : breaksOf(facts, candidate, passing) };
  });
}

/** In the order of rounds, in which fixes can be applied; in a round those that mend the most alone first. */
function strongestFirst(candidates: readonly Candidate[], alone: Alone): readonly Candidate[] {
  const strength = (candidate: Candidate): number => [...(alone.get(candidate)?.values() ?? [])].filter((after) => after === 'pass').length;
  return candidates.toSorted((one, other) => one.round - other.round || strength(other) - strength(one));
}

/** The checks that a candidate mends as a member of a set, or in the place of a member, with the other members. */
function sharedBy(candidate: Candidate, sets: readonly MendingSet[]): ReadonlyMap<string, readonly string[]> {
  const shared = new Map<string, readonly string[]>();
  for (const { members, needs, instead } of sets) {
    const place = members.includes(candidate) ? candidate : instead.find(({ by }) => by === candidate)?.of;
    if (place === undefined) continue;
    for (const id of needs.get(place) ?? []) {
      const others = members.filter((one) => one !== place && needs.get(one)?.includes(id));
      shared.set(
        id,
        others.map(({ key }) => key),
      );
    }
  }
  return shared;
}

function breaksOf(facts: Facts, candidate: Candidate, passing: readonly AskedCheck[]): readonly string[] {
  const near = new Set(changesOf(candidate.plan).map(({ on }) => on.node));
  const asked = passing.length <= MAX_PASSING ? passing : passing.filter((check) => [...near].some((node) => crosses(check, node)));
  const after = askUnder(facts, [candidate], asked.slice(0, MAX_PASSING));
  return asked.map(({ id }) => id).filter((id) => after.get(id) === 'fail');
}
