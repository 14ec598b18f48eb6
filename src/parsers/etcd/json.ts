import { booleanAt, listAt, member, numberAt, readJson, textAt } from '../document.ts';
import { type EtcdKey, isFlannelKey } from '../flannel.ts';
import { type Input, pathOf } from '../format.ts';
import { type Answer, NO_ANSWER } from './keys.ts';

/** Base64 as the gateway writes keys and values. */
const decoded = (text: string | undefined): string | undefined =>
  text === undefined || !/^[A-Za-z0-9+/]*={0,2}$/.test(text) ? undefined : new TextDecoder().decode(bytesOf(text));

function bytesOf(base64: string): Uint8Array {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}

/** The hexadecimal id of an etcd lease from the decimal one; `null` for 0, which is none. */
export function leaseId(decimal: string | number | undefined): string | null {
  if (decimal === undefined || !/^-?\d{1,20}$/.test(String(decimal))) return null;
  const id = BigInt.asUintN(64, BigInt(decimal));
  return id === 0n ? null : id.toString(16);
}

const idAt = (value: unknown, ...names: readonly string[]): string | number | undefined => {
  for (const name of names) {
    const found = member(value, name);
    if (typeof found === 'string' || typeof found === 'number') return found;
  }
  return undefined;
};

/** `kvs` of /v3/kv/range and of `etcdctl get -w json`. */
function rangeKeys(input: Input, document: unknown): Answer {
  const keys = (listAt(document, 'kvs') ?? []).flatMap((kv, index): EtcdKey[] => {
    const key = decoded(textAt(kv, 'key'));
    if (key === undefined || !isFlannelKey(key)) return [];
    const etcdLease = leaseId(idAt(kv, 'lease'));
    return [
      {
        key,
        value: member(kv, 'value') === undefined ? undefined : decoded(textAt(kv, 'value')),
        api: 3,
        etcdLease,
        ttlSeconds: etcdLease === null ? null : undefined,
        modRevision: numberAt(kv, 'mod_revision'),
        origin: pathOf(input, `kvs[${index}]`),
      },
    ];
  });
  return { keys, whole: booleanAt(document, 'more') !== true && isRecursive(input), problems: [] };
}

/** A get of one key lists nothing else; where the command is not known, several keys show that a prefix was asked for. */
const isRecursive = (input: Input): boolean =>
  input.argv.length === 0 || input.argv[0] !== 'etcdctl' || input.argv.some((word) => /^(?:--prefix|--from-key|ls)/.test(word));

/** A node of the v2 keys API with all below it, without recursion: the depth is the sender's. */
function nodeKeys(input: Input, document: unknown): Answer {
  const keys: EtcdKey[] = [];
  const waiting: { node: unknown; path: string }[] = [{ node: member(document, 'node'), path: 'node' }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, path } = next;
    for (const [index, below] of (listAt(node, 'nodes') ?? []).entries()) waiting.push({ node: below, path: `${path}.nodes[${index}]` });
    const key = textAt(node, 'key');
    if (key === undefined || !isFlannelKey(key) || booleanAt(node, 'dir') === true) continue;
    const ttl = numberAt(node, 'ttl');
    keys.push({
      key,
      value: textAt(node, 'value'),
      api: 2,
      etcdLease: undefined, // leases with ids are v3's
      ttlSeconds: ttl ?? null,
      modRevision: numberAt(node, 'modifiedIndex'),
      origin: pathOf(input, path),
    });
  }
  keys.reverse();
  return { keys, whole: booleanAt(document, 'node', 'dir') === true, problems: [] };
}

/** /v3/lease/timetolive and `etcdctl lease timetolive -w json`: the keys that hang on a lease, and its time. */
function leaseKeys(input: Input, document: unknown): Answer {
  const id = leaseId(idAt(document, 'ID', 'id'));
  const ttl = numberAt(document, 'TTL') ?? numberAt(document, 'ttl');
  const keys = (listAt(document, 'keys') ?? []).flatMap((encoded, index): EtcdKey[] => {
    const key = typeof encoded === 'string' ? decoded(encoded) : undefined;
    if (key === undefined || id === null || !isFlannelKey(key)) return [];
    const origin = pathOf(input, `keys[${index}]`);
    return [{ key, value: undefined, api: 3, etcdLease: id, ttlSeconds: ttl, modRevision: undefined, origin }];
  });
  return { keys, whole: false, problems: [] };
}

/** Any JSON answer of etcd; nothing when the document is none. */
export function answerOf(input: Input, document: unknown): Answer | undefined {
  if (member(document, 'node') !== undefined) return nodeKeys(input, document);
  if (
    listAt(document, 'keys') !== undefined ||
    member(document, 'grantedTTL') !== undefined ||
    member(document, 'granted-ttl') !== undefined
  ) {
    return leaseKeys(input, document);
  }
  if (listAt(document, 'leases') !== undefined) return NO_ANSWER; // ids alone
  if (listAt(document, 'kvs') !== undefined || member(document, 'header', 'cluster_id') !== undefined) return rangeKeys(input, document);
  return undefined;
}

/** The JSON documents of a text: one, or one a line. */
export function documentsOf(text: string): readonly { readonly value: unknown; readonly line: number }[] {
  const whole = readJson(text);
  if ('value' in whole) return [{ value: whole.value, line: 1 }];
  return text.split('\n').flatMap((line, index) => {
    const read = line.startsWith('{') ? readJson(line) : undefined;
    return read !== undefined && 'value' in read ? [{ value: read.value, line: index + 1 }] : [];
  });
}
