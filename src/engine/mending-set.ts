import type { Facts } from '#facts/facts';
import { askUnder } from './applied.ts';
import type { Candidate } from './candidate.ts';
import type { AskedCheck } from './check.ts';

/** A smallest set of fixes that mends some checks together, and which check needs which member. */
export type MendingSet = {
  readonly members: readonly Candidate[];
  /** The checks that the set mends, and does not mend without this member. */
  readonly needs: ReadonlyMap<Candidate, readonly string[]>;
  /** Fixes that do the same in the place of a member. */
  readonly instead: readonly { readonly of: Candidate; readonly by: Candidate }[];
};

/** Pairs and triples that are tried where the fixes of all candidates at once do not mend a check. */
const MAX_SETS = 200;
/** Fixes that are tried in the place of a member. */
const MAX_EXCHANGES = 60;

/** The sets that mend what no fix alone mends. Candidates come with those that mend the most alone first: they are kept. */
export function mendingSets(facts: Facts, candidates: readonly Candidate[], left: readonly AskedCheck[]): readonly MendingSet[] {
  const sets: MendingSet[] = [];
  let open = left;
  for (const tried of setsToTry(candidates)) {
    if (open.length === 0) break;
    const after = askUnder(facts, tried, open);
    const mended = open.filter(({ id }) => after.get(id) === 'pass');
    if (mended.length === 0) continue;
    sets.push(smallest(facts, tried, candidates, mended));
    open = open.filter(({ id }) => after.get(id) !== 'pass');
  }
  return sets;
}

/** All at once, which one preview answers; then pairs and triples, for fixes that hinder each other. */
function* setsToTry(candidates: readonly Candidate[]): Generator<readonly Candidate[]> {
  if (candidates.length < 2) return;
  yield candidates;
  let tried = 0;
  for (const size of [2, 3]) {
    if (size >= candidates.length) return;
    for (const set of subsets(candidates, size)) {
      if (tried++ >= MAX_SETS) return;
      yield set;
    }
  }
}

function* subsets(of: readonly Candidate[], size: number): Generator<readonly Candidate[]> {
  if (size === 0) {
    yield [];
    return;
  }
  for (const [index, first] of of.entries()) {
    for (const rest of subsets(of.slice(index + 1), size - 1)) yield [first, ...rest];
  }
}

/** Leaves out member by member what is not needed; what then remains is needed by some check. */
function smallest(facts: Facts, set: readonly Candidate[], all: readonly Candidate[], mended: readonly AskedCheck[]): MendingSet {
  const failingUnder = (members: readonly Candidate[]): readonly string[] => {
    const after = askUnder(facts, members, mended);
    return mended.map(({ id }) => id).filter((id) => after.get(id) !== 'pass');
  };
  let members = set;
  for (const candidate of set.toReversed()) {
    const without = members.filter((one) => one !== candidate);
    if (failingUnder(without).length === 0) members = without;
  }
  const needs = new Map(members.map((member) => [member, failingUnder(members.filter((one) => one !== member))] as const));
  const exchanges = members
    .flatMap((of) => all.filter((by) => !members.includes(by)).map((by) => ({ of, by })))
    .slice(0, MAX_EXCHANGES)
    .filter(({ of, by }) => failingUnder(all.filter((one) => one === by || (one !== of && members.includes(one)))).length === 0);
  return { members, needs, instead: exchanges };
}
