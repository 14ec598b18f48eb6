import { EXIT, UserError } from '../command.ts';
import type { World } from '../world.ts';
import { type Journal, readJournal } from './journal.ts';
import { performPlan, undoPlan } from './perform-plan.ts';

async function unfinished(path: string, world: World): Promise<Journal> {
  const journal = await readJournal(path, world);
  if (journal === undefined) throw new UserError(`no plan is unfinished here (${path} is not there)`);
  world.note(
    `${journal.fault} ${journal.subject} on ${journal.node}: ${journal.steps.filter(({ state }) => state === 'done').length} of ${journal.steps.length} steps done`,
  );
  return journal;
}

/** Goes on with a plan that was cut off. Whether it helped is for a new capture to say. */
export async function goOn(path: string, world: World): Promise<number> {
  const performed = await performPlan(await unfinished(path, world), path, world);
  if (performed.failedAt !== null) {
    world.note(`step ${performed.failedAt + 1} failed: ${performed.why}; \`leadline fix --undo\` goes back`);
    return EXIT.failed;
  }
  await world.files.remove(path);
  world.print('all steps are done; capture again to see whether it helped');
  return EXIT.fine;
}

/** Takes back a plan that was cut off. */
export async function goBack(path: string, world: World): Promise<number> {
  const clean = await undoPlan(await unfinished(path, world), path, world);
  world.print(clean ? 'everything was taken back' : `not everything could be taken back; ${path} says what is left`);
  return clean ? EXIT.fine : EXIT.failed;
}
