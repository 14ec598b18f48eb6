import { snapshotOf } from '#collect/archive/archive';
import { readArchive } from '#collect/archive/read-archive';
import { BrokenArchive } from '#collect/archive/archive';
import type { ParseMemo } from '#parsers/parse-memo';
import { readFacts } from '#parsers/read';
import { combine } from '#snapshot/combine';
import type { Snapshot } from '#snapshot/snapshot';
import { UserError } from './command.ts';
import type { Opened } from './opened.ts';
import { quoteFrom } from './quotes.ts';
import type { World } from './world.ts';

export type { Opened } from './opened.ts';

/** Opens one or several archives or folders as one snapshot. */
export async function openSnapshots(paths: readonly string[], world: World): Promise<Opened> {
  const { before } = world;
  const snapshots = await snapshotsIn(paths, world);
  return before === undefined
    ? openedFrom(combine(snapshots))
    : before.opened(snapshots, () => openedFrom(combine(snapshots), before.memo));
}

/** The same before anything is read out of it. */
export const snapshotIn = async (paths: readonly string[], world: World): Promise<Snapshot> => combine(await snapshotsIn(paths, world));

const snapshotsIn = (paths: readonly string[], world: World): Promise<readonly Snapshot[]> =>
  Promise.all(paths.map((path) => openOne(path, world)));

/** What a snapshot tells; contents that the memo knows are not parsed again. */
export function openedFrom(snapshot: Snapshot, memo?: ParseMemo): Opened {
  const { facts, problems } = readFacts(snapshot, undefined, memo);
  return { snapshot, facts, problems, quote: quoteFrom(snapshot) };
}

async function openOne(path: string, { files, before }: World): Promise<Snapshot> {
  if (!(await files.exists(path))) throw new UserError(`${path} is not there`);
  try {
    const packed = before === undefined || (await files.isFolder(path)) ? undefined : await files.read(path).catch(() => undefined);
    if (before === undefined || packed === undefined) return snapshotOf(await readArchive(path, files));
    return await before.snapshot(packed, async () => snapshotOf(await readArchive(path, { ...files, read: async () => packed })));
  } catch (error) {
    if (error instanceof BrokenArchive) throw new UserError(error.message);
    throw error;
  }
}
