import { type World, worldOf } from '#dataplane/world';
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
    checks.map((check) => askSlim(check, world)),
  );
}

/** The same questions on changed facts: what passed, far from all that was changed, passes still and is not asked again. */
export function lookAgain(view: View, facts: Facts): View {
  const touched = touchedBetween(view.facts, facts);
  const isNear = (check: AskedCheck): boolean => touched.everywhere || [...touched.nodes].some((node) => crosses(check, node));
  return asking(view, facts, (check) => check.answered.result !== 'pass' || isNear(check));
}

/** The same questions on changed facts, where only what did not pass is asked again. */
export const lookAtOpen = (view: View, facts: Facts): View => asking(view, facts, ({ answered }) => answered.result !== 'pass');

function asking({ checks }: View, facts: Facts, isAsked: (check: AskedCheck) => boolean): View {
  const world = worldOf(facts);
  return viewOf(
    facts,
    checks.map((check) => (isAsked(check) ? askSlim(check, world) : check)),
  );
}

function askSlim(check: Check, world: World): AskedCheck {
  const asked = ask(check, world);
  return { ...asked, answered: slim(asked.answered) };
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
