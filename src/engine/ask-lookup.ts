import type { World } from '#dataplane/world';
import type { Branch } from '#sim/clock/choice';
import { everyLookup, type LookupBranch } from '#sim/dns/every-lookup';
import type { Question } from '#sim/dns/lookup';
import type { Outcome } from '#sim/packet/outcome';
import { settle } from '#sim/packet/settle';
import { judgeOutcomes } from './ask.ts';
import type { Answered } from './check.ts';

/** Asks a lookup in all its branches: it fails when any branch that can be weighed ends without an answer. */
export function askLookup(question: Omit<Question, 'world'>): (world: World) => Answered {
  return (world) => {
    const { branches, complete } = everyLookup({ ...question, world });
    const decided = branches.flatMap(outcomeOf);
    const answered = judgeOutcomes(settle(decided), complete && decided.length === branches.length);
    return answered.result === 'fail' ? { ...answered, says: `${lookupText(worst(branches))}: ${answered.says}` } : answered;
  };
}

/** The packet that decided a branch: of a failure the first that got no answer, with the lookup's end for its own. */
function outcomeOf({ lookup, choices, probability }: LookupBranch): readonly Branch<Outcome>[] {
  const { queries, result } = lookup;
  const silent = result === 'answer' ? undefined : queries.find(({ answeredAfter }) => answeredAfter === null);
  const decisive = silent ?? queries.at(-1);
  if (decisive === undefined) return [];
  const works = result === 'answer' ? 'yes' : result === 'unknown' ? 'unknown' : 'no';
  return [{ result: { ...decisive.outcome, works }, choices, probability }];
}

const worst = (branches: readonly LookupBranch[]): LookupBranch | undefined =>
  branches.toSorted((one, other) => other.lookup.afterMs - one.lookup.afterMs)[0];

const lookupText = (branch: LookupBranch | undefined): string =>
  branch === undefined ? 'nothing is asked' : `${branch.lookup.result} after ${branch.lookup.afterMs / 1000} s`;
