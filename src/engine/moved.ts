import { worldOf } from '#dataplane/world';
import type { Facts } from '#facts/facts';
import { applyPlans } from './applied.ts';
import type { Candidate } from './candidate.ts';
import type { AskedCheck } from './check.ts';

/** How many checks are asked again; those of one cause end alike. */
const MAX_ASKED = 40;

/** Whether some of these failing checks ends elsewhere, or can no more be told to end, under a candidate's fix. */
export function movesEnd(facts: Facts, candidate: Candidate, failing: readonly AskedCheck[]): boolean {
  if (failing.length === 0) return false;
  const mended = applyPlans(facts, [candidate]);
  if (mended === undefined) return false;
  const world = worldOf(mended);
  return failing.slice(0, MAX_ASKED).some((check) => {
    const { result, says } = check.ask(world);
    return result !== check.answered.result || says !== check.answered.says;
  });
}
