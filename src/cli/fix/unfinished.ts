import { EXIT, UserError } from '../command.ts';
import type { World } from '../world.ts';
import { type Journal, readJournal, thisBoot, wayOut } from './journal.ts';
import { againstWriting } from './journal-place.ts';
import { performPlan, undoPlan } from './perform-plan.ts';
import { type Machine, otherThan, thisMachine } from './this-machine.ts';

/** The plan of a journal, which must have been begun on this machine; of a journal that does not tell, `--node` must say that it is its node. */
async function unfinished(path: string, named: string | undefined, world: World): Promise<Journal> {
  const journal = await readJournal(path, world);
  if (journal === undefined) throw new UserError(`no plan is unfinished here (${path} is not there)`);
  world.note(
    `${journal.fault} ${journal.subject} on ${journal.node}: ${journal.steps.filter(({ state }) => state === 'done').length} of ${journal.steps.length} steps done`,
  );
  const machine = await thisMachine(world);
  const against = againstPerforming(journal, named, machine);
  if (against !== undefined) throw new UserError(`nothing was done with the plan in ${path}: ${against}`);
  const full = await againstWriting(path, world);
  if (full !== undefined)
    throw new UserError(
      `nothing was done with the plan in ${path}: how far it comes could not be noted (${full}); copy it to where files can be written, and name the copy: --journal FILE`,
    );
  return { ...journal, machine: journal.machine ?? machine };
}

/** Whether the machine was started again since the plan was begun, as far as a journal tells. */
async function isAfterBoot({ boot }: Journal, world: World): Promise<boolean> {
  const now = await thisBoot(world);
  return boot !== null && now !== null && boot !== now;
}

/** Why the steps of a journal are none of this machine's, and what to do. */
function againstPerforming({ node, machine: began }: Journal, named: string | undefined, machine: Machine): string | undefined {
  if (named !== undefined && named !== node) return `it is for ${node}, and --node says that this is ${named}`;
  if (began === null)
    return named === undefined
      ? `an earlier Leadline wrote it, which did not note the machine; where this is ${node}, say so with --node ${node}, else move it away`
      : undefined;
  const against = otherThan(node, began, machine);
  return against === undefined
    ? undefined
    : `this machine is not the ${node} on which it was begun (${against}); run it there, and if the file was copied here, move it away`;
}

/** Goes on with a plan that was cut off. Whether it helped is for a new capture to say. */
export async function goOn(path: string, named: string | undefined, world: World): Promise<number> {
  const journal = await unfinished(path, named, world);
  if (await isAfterBoot(journal, world))
    throw new UserError(
      `nothing was done with the plan in ${path}: this machine was started again since, and what its first steps told the kernel is gone; ${wayOut('--undo', path)} takes back what stayed, then capture again for a new plan`,
    );
  const performed = await performPlan(journal, path, world);
  if (performed.failedAt !== null) {
    world.note(`step ${performed.failedAt + 1} failed: ${performed.why}; ${wayOut('--undo', path)} goes back`);
    return EXIT.failed;
  }
  await world.files.remove(path);
  world.print('all steps are done; capture again to see whether it helped');
  return EXIT.fine;
}

/** Takes back a plan that was cut off. */
export async function goBack(path: string, named: string | undefined, world: World): Promise<number> {
  const journal = await unfinished(path, named, world);
  if (await isAfterBoot(journal, world))
    world.note('this machine was started again since: what the plan told the kernel, and not a file, may be gone already');
  const clean = await undoPlan(journal, path, world);
  world.print(
    clean
      ? 'everything was taken back'
      : `not everything could be taken back; ${path} says what is left: mend what stands in the way and try again`,
  );
  return clean ? EXIT.fine : EXIT.failed;
}
