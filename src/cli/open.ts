import { snapshotOf } from '#collect/archive/archive';
import { readArchive } from '#collect/archive/read-archive';
import { BrokenArchive } from '#collect/archive/archive';
import type { Facts } from '#facts/facts';
import type { ParseMemo } from '#parsers/parse-memo';
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
export const openSnapshots = async (paths: readonly string[], world: World): Promise<Opened> => openedFrom(await snapshotIn(paths, world));

/** The same before anything is read out of it. */
export const snapshotIn = async (paths: readonly string[], world: World): Promise<Snapshot> =>
  combine(await Promise.all(paths.map((path) => openOne(path, world))));

/** What a snapshot tells; contents that the memo knows are not parsed again. */
export function openedFrom(snapshot: Snapshot, memo?: ParseMemo): Opened {
  const { facts, problems } = readFacts(snapshot, undefined, memo);
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
