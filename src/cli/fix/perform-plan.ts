import type { Performer } from '#actions/performer';
import { performers } from '#actions/performers';
import type { Action } from '#change/change';
import { definitionOf } from '#engine/preview';
import type { World } from '#world/world';
import { type Journal, saveJournal, withStep } from './journal.ts';

const byId: ReadonlyMap<string, Performer<unknown>> = new Map(
  (performers as readonly unknown[] as readonly Performer<unknown>[]).map((performer) => [performer.id, performer]),
);

function performerOf(action: Action): Performer<unknown> {
  const performer = byId.get(action.do);
  if (performer === undefined) throw new Error(`nothing performs the action ${action.do}`);
  return performer;
}

/** How performing a plan ended: all steps done, or stopped at one. */
export type Performed = { readonly journal: Journal; readonly failedAt: number | null; readonly why: string };

/** Performs the steps that are not done yet, in order; what is there now is journalled before each. Stops at the first failure. */
export async function performPlan(start: Journal, path: string, world: World): Promise<Performed> {
  let journal = await preparedFirst(start, world);
  await saveJournal(path, journal, world);
  for (const [index, step] of journal.steps.entries()) {
    if (step.state === 'done') continue;
    const performer = performerOf(step.action);
    try {
      // a step that was prepared and then cut off keeps its first undo: what is there now may be half done
      const undo = step.undo ?? (await performer.prepare(step.action, world));
      journal = withStep(journal, index, { state: 'prepared', undo });
      await saveJournal(path, journal, world);
      await performer.perform(step.action, world);
    } catch (error) {
      return { journal, failedAt: index, why: error instanceof Error ? error.message : String(error) };
    }
    journal = withStep(journal, index, { state: 'done' });
    await saveJournal(path, journal, world);
    world.note(`   done: ${definitionOf(step.action).command(step.action)}`);
  }
  return { journal, failedAt: null, why: '' };
}

/** With what was there before the plan, for the steps that are taken back to that. */
async function preparedFirst(start: Journal, world: World): Promise<Journal> {
  let journal = start;
  for (const [index, { action, undo }] of start.steps.entries()) {
    const performer = performerOf(action);
    if (performer.isLast === true && undo === null) journal = withStep(journal, index, { undo: await performer.prepare(action, world) });
  }
  return journal;
}

/** The places of the steps that are to be taken back, in that order: last first, and after all what lives on the others. */
function backwards({ steps }: Journal): readonly number[] {
  const isLast = (index: number): boolean => {
    const step = steps[index];
    return step !== undefined && performerOf(step.action).isLast === true;
  };
  const begun = [...steps.keys()].filter((index) => {
    const step = steps[index];
    return step !== undefined && step.undo !== null && step.state !== 'undone' && (step.state !== 'planned' || isLast(index));
  });
  return [...begun.filter((index) => !isLast(index)).toReversed(), ...begun.filter(isLast).toReversed()];
}

/** Takes back every step that was begun, and removes the journal. What cannot be taken back is said, and kept. */
export async function undoPlan(start: Journal, path: string, world: World): Promise<boolean> {
  let journal = start;
  let clean = true;
  for (const index of backwards(start)) {
    const step = start.steps[index];
    if (step === undefined || step.undo === null) continue;
    const others = journal.steps.some(({ state }, at) => at !== index && state === 'undone');
    try {
      await performerOf(step.action).undo(step.action, step.undo, world, others);
      journal = withStep(journal, index, { state: 'undone' });
      world.note(`   undone: ${definitionOf(step.action).command(step.action)}`);
    } catch (error) {
      clean = false;
      world.note(
        `   could not undo ${definitionOf(step.action).command(step.action)}: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    await saveJournal(path, journal, world);
  }
  if (clean) await world.files.remove(path);
  return clean;
}
