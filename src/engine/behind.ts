import { applyPlans } from './applied.ts';
import { failingAsksOf } from './failing-asks.ts';
import type { Search } from './search.ts';
import type { Finding } from './finding.ts';
import { verdictKey } from './judge.ts';
import { lookAtOpen } from './look.ts';
import { type Proof, prove } from './proof.ts';
import { namedIn } from './unknown.ts';

/**
 * Causes behind causes, where nothing can be said to fail as things are: what could not be told fails once what was found is
 * mended, and passes when these are mended too. The counterfactual speaks of that mended cluster, so that none is kept.
 */
export function behindOthers(proofs: readonly Proof[], ranked: readonly Finding[], { candidates, view }: Search): readonly Proof[] {
  const named = namedIn(ranked);
  const front = candidates.filter(({ verdict }) => named.has(verdictKey(verdict)));
  const hidden = proofs.map(({ candidate }) => candidate).filter(({ key, round }) => round > 0 && !named.has(key));
  if (front.length === 0 || hidden.length === 0) return [];
  const mended = applyPlans(view.facts, front, view.checks);
  if (mended === undefined) return [];
  const open = lookAtOpen(view, mended).checks;
  const failing = [...open.filter(({ answered }) => answered.result === 'fail'), ...failingAsksOf(front, mended, open)];
  return prove(mended, hidden, failing, [])
    .filter(({ mends }) => mends.size > 0)
    .map((proof) => ({ ...proof, mends: new Set<string>(), counterfactual: [] }));
}
