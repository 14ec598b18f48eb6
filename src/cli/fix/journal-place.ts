import { FileFailure } from '#world/file-failure';
import { UserError } from '../command.ts';
import type { World } from '../world.ts';

/** Why a file cannot be kept there, with its folder, found by writing one beside it; nothing where it can. */
export async function againstWriting(path: string, world: World): Promise<string | undefined> {
  const beside = `${path}.try`;
  try {
    await world.files.write(beside, '', 0o600);
  } catch (error) {
    if (error instanceof FileFailure) return `the folder ${folderOf(path)} cannot take it: ${error.why}`;
    throw error;
  }
  await world.files.remove(beside);
  return undefined;
}

/** Ends the command, before anything is asked or made, where the journal of a plan could not be kept. */
export async function mustTakeJournal(path: string, world: World): Promise<void> {
  const why = await world.files.refusal?.(path);
  if (why !== undefined) throw cannotTake(path, `the folder ${folderOf(path)} cannot take it: ${why}`, world);
}

/** The same when the operator has agreed: only to write tells all that may stand in the way. */
export async function mustKeepJournal(path: string, world: World): Promise<void> {
  const against = await againstWriting(path, world);
  if (against !== undefined) throw cannotTake(path, against, world);
}

const cannotTake = (path: string, against: string, world: World): UserError =>
  new UserError(
    `nothing was done: a plan is noted in ${path} before each step, so that a killed run can go on or back, and ${against}; ` +
      `name a file that can be written: --journal ${world.env.HOME ?? '.'}/leadline-journal.json`,
  );

const folderOf = (path: string): string => {
  const end = path.lastIndexOf('/');
  return end < 0 ? 'of this process' : path.slice(0, end) || '/';
};
