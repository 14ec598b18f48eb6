import type { Quote } from '#report/quote';
import type { Origin } from '#snapshot/origin';
import type { Snapshot } from '#snapshot/snapshot';

/** Lines of the snapshot by file and number, and values by their path in a JSON document; each file is read once. */
export function quoteFrom(snapshot: Pick<Snapshot, 'index' | 'text'>): Quote {
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
    return recordAt(split, line);
  };
}

const DEVICE = /^\d+: \S+: </;
/** What tells nobody anything in a device that ip prints. */
const LONG_WINDED = /\b(?:qdisc|mode|group|qlen|promiscuity|allmulti|minmtu|maxmtu|numtxqueues|numrxqueues|[gt][rs]o_\w+) \S+ ?/g;

/** A line; of a device that ip prints over several lines, all of them: its address stands in the second. */
function recordAt(lines: readonly string[], line: number): string | undefined {
  const first = lines[line - 1];
  if (first === undefined || !DEVICE.test(first)) return first;
  const end = lines.findIndex((text, at) => at >= line && !/^\s+\S/.test(text));
  const whole = lines.slice(line - 1, end < 0 ? undefined : end).map((text) => text.trim());
  return whole.join(' ').replaceAll(LONG_WINDED, '');
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
  if ('rx' in value && 'tx' in value) return JSON.stringify({ rx: counted(value.rx), tx: counted(value.tx) });
  if ('key' in value && 'value' in value && 'mod_revision' in value) return `${decoded(value.key)} ${decoded(value.value)}`;
  const kept = Object.entries(value).filter(
    ([name, one]) =>
      !/^(stats|stats64|flags|linkmode|link_type|group|used|confirmed|updated|probes|min_|max_|af_spec|operstate|broadcast|ifindex|link$|link_index|link_netnsid|qdisc|txqlen|num_|gso_|gro_|tso_|inet6_|group$|promisc|allmulti|min_mtu|max_mtu)/.test(
        name,
      ) && one !== '',
  );
  return JSON.stringify(Array.isArray(value) ? value : Object.fromEntries(kept));
}

/** Counters that have counted anything. */
const counted = (counters: unknown): object => Object.fromEntries(Object.entries(counters ?? {}).filter(([, count]) => count !== 0));

/** Keys and values of etcd's v3 gateway are base64. */
const decoded = (value: unknown): string => (typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : '');
