import { memoised } from '#dataplane/memo';
import { worldOf } from '#dataplane/world';
import type { Facts } from '#facts/facts';
import type { Candidate } from './candidate.ts';
import type { AskedCheck } from './check.ts';

type Failing = readonly AskedCheck[];

/** What was found out: the same is asked by the search, for a status and for what is masked. */
const failingIn = memoised((_: Facts) => new Map<Candidate, Failing>());

/** The questions that the fault asks by itself and that fail as things are. */
export function failingAsks(candidate: Candidate, facts: Facts): Failing {
  if (candidate.asks.length === 0) return [];
  const found = failingIn(facts);
  const known = found.get(candidate);
  if (known !== undefined) return known;
  const world = worldOf(facts);
  const asked = candidate.asks.map((check): AskedCheck => ({ ...check, answered: check.ask(world) }));
  const failing = asked.filter(({ answered }) => answered.result === 'fail');
  found.set(candidate, failing);
  return failing;
}

/** The questions that several candidates' faults ask by themselves and that fail on some facts, each once, without those that are asked anyway. */
export function failingAsksOf(candidates: readonly Candidate[], facts: Facts, asked: readonly AskedCheck[]): Failing {
  const known = new Set(asked.map(({ id }) => id));
  return candidates
    .flatMap((candidate) => failingAsks(candidate, facts))
    .filter(({ id }) => {
      const isNew = !known.has(id);
      known.add(id);
      return isNew;
    });
}
