import { type EtcdKey, isFlannelKey } from '../flannel.ts';
import { type Input, lineOf, type Problem } from '../format.ts';
import { linesOf, quoted, wholeNumber } from '../lines.ts';
import { leaseId } from './json.ts';
import type { Answer } from './keys.ts';

const NOT_TOLD = { api: undefined, etcdLease: undefined, ttlSeconds: undefined, modRevision: undefined } as const;

const LEASE = /^lease ([0-9a-f]{1,16}) granted with TTL\((\d{1,19})s\), remaining\((-?\d{1,19})s\)(?:, attached keys\(\[(.*)\]\))?$/;

/** `lease ID granted with TTL(86400s), remaining(86374s), attached keys([/a /b])`. */
function leaseLine(input: Input, line: string, at: number): EtcdKey[] {
  const [, id, , remaining, attached = ''] = LEASE.exec(line) ?? [];
  if (id === undefined) return [];
  const told = { api: 3 as const, etcdLease: id, ttlSeconds: Number(remaining), modRevision: undefined };
  return attached
    .split(' ')
    .filter(isFlannelKey)
    .map((key) => ({ key, value: undefined, ...told, origin: lineOf(input, at) }));
}

/** `etcdctl get --prefix`, `--keys-only`, `lease timetolive`; v2's `ls`: keys, each with its value on the next line or behind it. */
export function simpleAnswer(input: Input): Answer {
  const lines = linesOf(input.text);
  const keys: EtcdKey[] = [];
  const problems: Problem[] = [];
  const first = lines.findIndex((line) => line.trim() !== '' && !line.startsWith('#'));
  const isListing = !lines.some((line) => line.startsWith('{')); // of keys alone
  let others = 0;
  for (const [index, line] of lines.entries()) {
    if (isNothing(line, isListing || index <= first ? undefined : lines[index - 1]))
      problems.push({ line: index + 1, why: `neither a key nor its value: ${quoted(line)}` });
    if (line.startsWith('lease ')) keys.push(...leaseLine(input, line, index + 1));
    if (!line.startsWith('/')) continue;
    const blank = line.indexOf(' ');
    const key = blank < 0 ? line : line.slice(0, blank);
    if (!isFlannelKey(key)) {
      others++;
      continue;
    }
    const behind = blank < 0 ? undefined : line.slice(blank + 1).trim();
    const next = lines[index + 1];
    const value = behind ?? (next?.startsWith('{') === true ? next : undefined);
    keys.push({ key, value, ...NOT_TOLD, origin: lineOf(input, index + 1) });
  }
  const asked = input.argv.some((word) => /^(?:--prefix|ls)/.test(word));
  const whole = problems.length === 0 && !/^lease /m.test(input.text) && (asked || keys.length > 1 || others > 0);
  return { keys, whole, problems };
}

/**
 * Whether a line where only a key can stand is none, one behind a key of flannel's no value, or a lease is nobody's. What others'
 * values look like nobody knows.
 */
const isNothing = (line: string, before: string | undefined): boolean =>
  line.startsWith('{"PublicIP"')
    ? before?.startsWith('/') !== true
    : (before === undefined || isFlannelKey(before.split(' ', 1)[0] ?? '')) && line.trim() !== '' && !/^(?:[{/#]|lease )/.test(line);

/** `etcdctl get -w fields`: `"Key" : "…"` and so on, a key's lines until the next one's. */
export function fieldsAnswer(input: Input): Answer {
  const keys: { -readonly [Name in keyof EtcdKey]: EtcdKey[Name] }[] = [];
  const problems: Problem[] = [];
  let isLost = false;
  const lose = (line: number, why: string): void => {
    isLost = true;
    problems.push({ line, why });
  };
  for (const [index, line] of linesOf(input.text).entries()) {
    const field = /^"(\w{1,40})" : (.*)$/.exec(line);
    if (field === null) {
      if (line.trim() !== '' && !line.startsWith('#')) lose(index + 1, `no field of a key: ${quoted(line)}`);
      continue;
    }
    const [, name = '', written = ''] = field;
    const value = unquoted(written);
    if (value === undefined && name === 'Key') lose(index + 1, 'a key that is not read');
    else if (value === undefined) problems.push({ line: index + 1, why: `a value that is not read: ${name}` });
    if (name === 'Key') keys.push({ ...NOT_TOLD, key: value ?? '', value: undefined, api: 3, origin: lineOf(input, index + 1) });
    const last = keys.at(-1);
    if (last === undefined) continue;
    if (name === 'Value') last.value = value;
    else if (name === 'ModRevision') last.modRevision = wholeNumber(value);
    else if (name === 'Lease') {
      last.etcdLease = leaseId(value);
      last.ttlSeconds = last.etcdLease === null ? null : undefined;
    }
  }
  return { keys: keys.filter(({ key }) => isFlannelKey(key)), whole: !isLost && /^"More" : false$/m.test(input.text), problems };
}

/** A value as Go's %q writes it; plain numbers and words as they are. */
function unquoted(text: string): string | undefined {
  if (!text.startsWith('"')) return text;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined; // Go escapes other bytes as \x7f, which is no JSON
  }
}

/** v2's `get -o extended`, and its plain `get`, whose key only the command line tells. */
export function v2Answer(input: Input): Answer {
  const lines = linesOf(input.text);
  const fields = new Map<string, string>();
  for (const line of lines) {
    const field = /^(Key|Modified-Index|TTL): (.*)$/.exec(line);
    if (field?.[1] !== undefined && field[2] !== undefined) fields.set(field[1], field[2]);
  }
  const at = lines.findIndex((line) => line.startsWith('{'));
  const key = fields.get('Key') ?? input.argv.find((word) => isFlannelKey(word));
  if (at < 0) return { keys: [], whole: false, problems: [] };
  if (key === undefined)
    return { keys: [], whole: false, problems: [{ line: at + 1, why: 'the text does not tell the key of this value' }] };
  const ttl = wholeNumber(fields.get('TTL'));
  const extended = fields.has('Key');
  const told = { api: 2 as const, etcdLease: undefined, ttlSeconds: extended ? (ttl === 0 ? null : ttl) : undefined };
  const one = { key, value: lines[at], ...told, modRevision: wholeNumber(fields.get('Modified-Index')), origin: lineOf(input, at + 1) };
  return { keys: [one], whole: false, problems: [] };
}
