import { snapshotOf } from '#collect/archive/archive';
import { readArchive } from '#collect/archive/read-archive';
import { BrokenArchive } from '#collect/archive/archive';
import type { Facts } from '#facts/facts';
import { type FileProblem, readFacts } from '#parsers/read';
import type { Quote } from '#report/quote';
import { combine } from '#snapshot/combine';
import type { Origin } from '#snapshot/origin';
import type { Snapshot } from '#snapshot/snapshot';
import type { World } from '#world/world';
import { UserError } from './command.ts';

/** Captures as a command uses them: what was captured, what was read out of it, and its lines for quoting. */
export type Opened = {
  readonly snapshot: Snapshot;
  readonly facts: Facts;
  readonly problems: readonly FileProblem[];
  readonly quote: Quote;
};

/** Opens one or several archives or folders as one snapshot. */
export async function openSnapshots(paths: readonly string[], world: World): Promise<Opened> {
  const snapshots = await Promise.all(paths.map((path) => openOne(path, world)));
  return openedFrom(combine(snapshots));
}

/** What a snapshot tells. */
export function openedFrom(snapshot: Snapshot): Opened {
  const { facts, problems } = readFacts(snapshot);
  return { snapshot, facts, problems, quote: quoteFrom(snapshot) };
}

async function openOne(path: string, world: World): Promise<Snapshot> {
  if (!(await world.files.exists(path))) throw new UserError(`${path} is not there`);
  try {
    return snapshotOf(await readArchive(path, world.files));
  } catch (error) {
    if (error instanceof BrokenArchive) throw new UserError(error.message);
    throw error;
  }
}

/** Lines of the snapshot by file and number; each file is split once. */
function quoteFrom(snapshot: Snapshot): Quote {
  const entries = new Map(snapshot.index.entries.map((entry) => [entry.file, entry] as const));
  const split = new Map<string, readonly string[]>();
  return ({ file, line, path }: Origin) => {
    const entry = entries.get(file);
    if (entry === undefined || line === undefined || path !== undefined) return undefined;
    const lines = split.get(file) ?? snapshot.text(entry).split('\n');
    split.set(file, lines);
    return lines[line - 1];
  };
}
