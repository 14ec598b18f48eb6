import { worldOf } from '#dataplane/world';
import type { Facts } from '#facts/facts';
import { grouped } from '#facts/grouped';
import { ask } from './ask.ts';
import { type AskedCheck, type Check, failed } from './check.ts';
import { slim } from './slim.ts';
import { touchedBetween } from './touched.ts';
import type { Ending, View } from './view.ts';

/** Asks all checks on some facts, and lays the result out for judges. */
export function lookAt(facts: Facts, checks: readonly Check[]): View {
  const world = worldOf(facts);
  return viewOf(
    facts,
    checks.map((check) => {
      const asked = ask(check, world);
      return { ...asked, answered: slim(asked.answered) };
    }),
  );
}

/** The same questions on changed facts: what passed, far from all that was changed, passes still and is not asked again. */
export function lookAgain({ facts: before, checks }: View, facts: Facts): View {
  const touched = touchedBetween(before, facts);
  const isFar = (check: AskedCheck): boolean => ![...touched.nodes].some((node) => crosses(check, node));
  const staying = new Set(touched.everywhere ? [] : checks.filter((check) => check.answered.result === 'pass' && isFar(check)));
  const again = lookAt(
    facts,
    checks.filter((check) => !staying.has(check)),
  ).checks;
  let next = 0;
  return viewOf(
    facts,
    checks.map((check) => (staying.has(check) ? check : (again[next++] ?? check))),
  );
}
export function viewOf(facts: Facts, checks: readonly AskedCheck[]): View {
  const endings = checks.filter(failed).flatMap(endingsOf);
  const byNode = grouped(endings, ({ walk }) => walk.at.node);
  const unknowns = checks.filter(({ answered }) => answered.result === 'unknown');
  return {
    facts,
    world: worldOf(facts),
    checks,
    seen: (kind, scope, part) => facts.seen(kind, scope, part),
    endings: (node) => (node === undefined ? endings : (byNode.get(node) ?? [])),
    unknowns: (node) => (node === undefined ? unknowns : unknowns.filter((check) => crosses(check, node))),
  };
}

function endingsOf(check: AskedCheck): readonly Ending[] {
  return check.answered.outcomes
    .filter(({ works }) => works === 'no')
    .map((outcome): Ending => {
      const died = outcome.reply !== null && (outcome.disposition === 'delivered' || outcome.disposition === 'no listener');
      return died && outcome.reply !== null
        ? { check, outcome, walk: outcome.reply, way: 'back' }
        : { check, outcome, walk: outcome, way: 'there' };
    });
}

/** Whether a check starts on a node or its way touches it. */
export function crosses(check: AskedCheck, node: string): boolean {
  if (check.flow?.from.node === node) return true;
  return check.answered.outcomes.some((outcome) => [...outcome.hops, ...(outcome.reply?.hops ?? [])].some(({ at }) => at.node === node));
}
