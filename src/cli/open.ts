import { snapshotOf } from '#collect/archive/archive';
import { readArchive } from '#collect/archive/read-archive';
import { BrokenArchive } from '#collect/archive/archive';
import type { ParseMemo } from '#parsers/parse-memo';
import { readFacts } from '#parsers/read';
import type { Quote } from '#report/quote';
import { combine } from '#snapshot/combine';
import type { Origin } from '#snapshot/origin';
import type { Snapshot } from '#snapshot/snapshot';
import { UserError } from './command.ts';
import type { Opened } from './opened.ts';
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

/** Lines of the snapshot by file and number, and values by their path in a JSON document; each file is read once. */
function quoteFrom(snapshot: Snapshot): Quote {
  const entries = new Map(snapshot.index.entries.map((entry) => [entry.file, entry] as const));
  const lines = new Map<string, readonly string[]>();
  const documents = new Map<string, unknown>();
  return ({ file, line, path }: Origin) => {
    const entry = entries.get(file);
    if (entry === undefined) return undefined;
    if (path !== undefined) {
      if (!documents.has(file)) documents.set(file, jsonOf(snapshot.text(entry)));
      return compact(valueAt(documents.get(file), path));
    }
    if (line === undefined) return undefined;
    const split = lines.get(file) ?? snapshot.text(entry).split('\n');
    lines.set(file, split);
    return split[line - 1];
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The value that `kvs[2].value` or `[3]` names. */
function valueAt(document: unknown, path: string): unknown {
  let value = document;
  for (const [, name, index] of path.matchAll(/([^.[\]]+)|\[(\d+)\]/g)) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[name ?? index ?? ''];
  }
  return value;
}

/** The value in one line, without what tells nobody anything: counters, empty and long-winded fields. */
function compact(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'object' || value === null) return String(value);
  if ('key' in value && 'value' in value && 'mod_revision' in value) return `${decoded(value.key)} ${decoded(value.value)}`;
  const kept = Object.entries(value).filter(
    ([name, one]) =>
      !/^(stats|stats64|flags|linkmode|link_type|group|used|confirmed|updated|probes|min_|max_|af_spec|operstate|broadcast|ifindex|link$|link_index|link_netnsid|qdisc|txqlen|num_|gso_|gro_|tso_|inet6_|group$|promisc|allmulti|min_mtu|max_mtu)/.test(
        name,
      ) && one !== '',
  );
  return JSON.stringify(Array.isArray(value) ? value : Object.fromEntries(kept));
}

/** Keys and values of etcd's v3 gateway are base64. */
const decoded = (value: unknown): string => (typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : '');
