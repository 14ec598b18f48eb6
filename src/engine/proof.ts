import type { Facts } from '#facts/facts';
import { askUnder, type Candidate } from './candidate.ts';
import type { AskedCheck } from './check.ts';
import type { Counterfactual } from './finding.ts';

/** What a candidate's fix does to the failing checks: alone, or as a member of a set that mends them. */
export type Proof = {
  readonly candidate: Candidate;
  readonly mends: ReadonlySet<string>;
  readonly counterfactual: readonly Counterfactual[];
  readonly breaks: readonly string[];
};

/** How many passing checks are asked again to see whether a fix breaks them. */
const MAX_PASSING = 2000;

/**
 * Proves candidates by counterfactual. A check that one fix alone mends is explained by it. What only a set mends is explained
 * by those members without which the set does not mend it.
 */
export function prove(
  facts: Facts,
  candidates: readonly Candidate[],
  failing: readonly AskedCheck[],
  passing: readonly AskedCheck[],
): readonly Proof[] {
  const alone = new Map(candidates.map((candidate) => [candidate, askUnder(facts, [candidate], failing)] as const));
  const byOne = new Set(
    failing.map(({ id }) => id).filter((id) => candidates.some((candidate) => alone.get(candidate)?.get(id) === 'pass')),
  );
  const left = failing.filter(({ id }) => !byOne.has(id));
  const together = left.length === 0 || candidates.length < 2 ? new Map<Candidate, readonly string[]>() : members(facts, candidates, left);
  return candidates.map((candidate): Proof => {
    const own = failing.map(({ id }) => id).filter((id) => alone.get(candidate)?.get(id) === 'pass');
    const shared = together.get(candidate) ?? [];
    const others = candidates
      .filter((one) => one !== candidate && (together.get(one) ?? []).some((id) => shared.includes(id)))
      .map(({ key }) => key);
    return {
      candidate,
      mends: new Set([...own, ...shared]),
      counterfactual: failing.map(({ id, answered }) => ({
        check: id,
        before: answered.result === 'fail' ? 'fail' : 'unknown',
        after: shared.includes(id) ? 'pass' : (alone.get(candidate)?.get(id) ?? 'unknown'),
        together: shared.includes(id) ? others : [],
      })),
      breaks: breaksOf(facts, candidate, passing),
    };
  });
}

/** For checks that only all fixes together mend: which members the set cannot do without. */
function members(facts: Facts, candidates: readonly Candidate[], left: readonly AskedCheck[]): Map<Candidate, readonly string[]> {
  const all = askUnder(facts, candidates, left);
  const mended = left.filter(({ id }) => all.get(id) === 'pass');
  if (mended.length === 0) return new Map();
  return new Map(
    candidates.map((candidate) => {
      const without = askUnder(
        facts,
        candidates.filter((one) => one !== candidate),
        mended,
      );
      return [candidate, mended.map(({ id }) => id).filter((id) => without.get(id) !== 'pass')] as const;
    }),
  );
}

function breaksOf(facts: Facts, candidate: Candidate, passing: readonly AskedCheck[]): readonly string[] {
  if (passing.length > MAX_PASSING) return [];
  const after = askUnder(facts, [candidate], passing);
  return passing.map(({ id }) => id).filter((id) => after.get(id) === 'fail');
}
