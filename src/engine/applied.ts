import type { Facts } from '#facts/facts';
import { worldOf } from '#dataplane/world';
import type { Candidate } from './candidate.ts';
import type { AskedCheck } from './check.ts';
import { lookAt } from './look.ts';
import { changesOf, previewPlan } from './preview.ts';

/** What a check says under some fixes. */
export type After = 'pass' | 'fail' | 'unknown';

/**
 * The facts under the fixes of several candidates, in order. A fix that an earlier one made impossible as written (its rule has
 * moved) is planned anew on what is there then; one that still cannot be previewed is left out. Nothing when none can.
 */
export function applyPlans(facts: Facts, candidates: readonly Candidate[], checks: readonly AskedCheck[] = []): Facts | undefined {
  let now = facts;
  let applied = 0;
  for (const candidate of candidates) {
    const mended = applyPlan(now, candidate, applied > 0, checks);
    if (mended === undefined) continue;
    now = mended;
    applied++;
  }
  return applied === 0 ? undefined : now;
}

function applyPlan(facts: Facts, candidate: Candidate, isLater: boolean, checks: readonly AskedCheck[]): Facts | undefined {
  const preview = previewPlan(facts, candidate.plan);
  if (preview.is === 'facts') return preview.facts;
  if (!isLater || changesOf(candidate.plan).length === 0) return undefined;
  const { fault, subject } = candidate;
  const view = lookAt(facts, checks);
  const ruling = fault.judge(subject, view);
  if (ruling.is !== 'found') return undefined;
  const again = previewPlan(facts, fault.fix(subject, ruling.params, view));
  return again.is === 'facts' ? again.facts : undefined;
}

/** The answers of some checks under the fixes of some candidates. */
export function askUnder(facts: Facts, candidates: readonly Candidate[], checks: readonly AskedCheck[]): ReadonlyMap<string, After> {
  const mended = applyPlans(facts, candidates, checks);
  if (mended === undefined) return new Map(checks.map(({ id }) => [id, 'unknown'] as const));
  const world = worldOf(mended);
  return new Map(checks.map((check) => [check.id, check.ask(world).result] as const));
}
