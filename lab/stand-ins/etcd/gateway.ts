import { bytesIn, field, flagIn, listIn, longIn, type Message, messageIn, toBytes } from './messages.ts';
import { type Change, type KeyValue, Refused, type Store } from './store.ts';

const IDENTITY = { cluster_id: '14841639068965178418', member_id: '10276657743932975437', raft_term: '2' };

const header = (store: Store): Message => ({ ...IDENTITY, revision: `${store.revision}` });

/** The gateway leaves out what has its default value. */
function keyValue({ key, value, createRevision, modRevision, version, lease }: KeyValue): Message {
  return {
    key: toBytes(key),
    ...(createRevision === 0 ? {} : { create_revision: `${createRevision}` }),
    mod_revision: `${modRevision}`,
    ...(version === 0 ? {} : { version: `${version}` }),
    ...(value === '' ? {} : { value: toBytes(value) }),
    ...(lease === 0n ? {} : { lease: `${lease}` }),
  };
}

function range(store: Store, request: Message): Message {
  const found = store.range(bytesIn(request, 'key') ?? '', bytesIn(request, 'range_end'));
  if (flagIn(request, 'count_only')) return { header: header(store), count: `${found.length}` };
  const limit = Number(longIn(request, 'limit'));
  const kept = limit > 0 ? found.slice(0, limit) : found;
  const kvs = kept.map((one) => keyValue(flagIn(request, 'keys_only') ? { ...one, value: '' } : one));
  const more = kept.length < found.length ? { more: true } : {};
  return { header: header(store), ...(kvs.length === 0 ? {} : { kvs, ...more, count: `${found.length}` }) };
}

function put(store: Store, request: Message): Message {
  const key = bytesIn(request, 'key') ?? '';
  if (key === '') throw new Refused('etcdserver: key is not provided', 3);
  const before = store.range(key)[0];
  const lease = flagIn(request, 'ignore_lease') ? (before?.lease ?? 0n) : longIn(request, 'lease');
  const value = flagIn(request, 'ignore_value') ? (before?.value ?? '') : (bytesIn(request, 'value') ?? '');
  store.put(key, value, lease);
  const previous = flagIn(request, 'prev_kv') && before !== undefined ? { prev_kv: keyValue(before) } : {};
  return { header: header(store), ...previous };
}

function deleteRange(store: Store, request: Message): Message {
  const gone = store.delete(bytesIn(request, 'key') ?? '', bytesIn(request, 'range_end'));
  const previous = flagIn(request, 'prev_kv') ? { prev_kvs: gone.map(keyValue) } : {};
  return { header: header(store), ...(gone.length === 0 ? {} : { deleted: `${gone.length}`, ...previous }) };
}

function compare(store: Store, wanted: Message): boolean {
  const now = store.range(bytesIn(wanted, 'key') ?? '')[0];
  const target = String(field(wanted, 'target') ?? 'VERSION');
  const sides: Readonly<Record<string, readonly [bigint | string, bigint | string]>> = {
    VERSION: [BigInt(now?.version ?? 0), longIn(wanted, 'version')],
    CREATE: [BigInt(now?.createRevision ?? 0), longIn(wanted, 'create_revision')],
    MOD: [BigInt(now?.modRevision ?? 0), longIn(wanted, 'mod_revision')],
    LEASE: [now?.lease ?? 0n, longIn(wanted, 'lease')],
    VALUE: [now?.value ?? '', bytesIn(wanted, 'value') ?? ''],
  };
  const [is, should] = sides[target] ?? [0n, 1n];
  const result = String(field(wanted, 'result') ?? 'EQUAL');
  if (result === 'GREATER') return is > should;
  if (result === 'LESS') return is < should;
  return result === 'NOT_EQUAL' ? is !== should : is === should;
}

function transaction(store: Store, request: Message): Message {
  const succeeded = listIn(field(request, 'compare')).every((one) => compare(store, messageIn(one)));
  const operations = listIn(field(request, succeeded ? 'success' : 'failure')).map(messageIn);
  const responses = operations.map((operation): Message => {
    const [ranged, stored, deleted] = ['request_range', 'request_put', 'request_delete_range'].map((name) => field(operation, name));
    if (ranged !== undefined) return { response_range: range(store, messageIn(ranged)) };
    if (stored !== undefined) return { response_put: put(store, messageIn(stored)) };
    return { response_delete_range: deleteRange(store, messageIn(deleted)) };
  });
  return { header: header(store), ...(succeeded ? { succeeded } : {}), responses };
}

function timeToLive(store: Store, request: Message): Message {
  const id = longIn(request, 'ID');
  const lease = store.lease(id);
  if (lease === undefined) return { header: header(store), ID: `${id}`, TTL: '-1' };
  const keys = flagIn(request, 'keys') ? { keys: store.keysOf(id).map(({ key }) => toBytes(key)) } : {};
  return { header: header(store), ID: `${id}`, TTL: `${store.remaining(lease)}`, grantedTTL: `${lease.ttl}`, ...keys };
}

function grant(store: Store, request: Message): Message {
  const lease = store.grant(Number(longIn(request, 'TTL')), longIn(request, 'ID'));
  return { header: header(store), ID: `${lease.id}`, TTL: `${lease.ttl}` };
}

function revoke(store: Store, request: Message): Message {
  store.revoke(longIn(request, 'ID'));
  return { header: header(store) };
}

function keepAlive(store: Store, request: Message): Message {
  const id = longIn(request, 'ID');
  const lease = store.keepAlive(id);
  return { result: { header: header(store), ID: `${id}`, ...(lease === undefined ? {} : { TTL: `${lease.ttl}` }) } };
}

const leases = (store: Store): Message => ({ header: header(store), leases: store.leases().map(({ id }) => ({ ID: `${id}` })) });

const status = (store: Store): Message => ({
  header: header(store),
  version: '3.4.23',
  dbSize: '20480',
  leader: IDENTITY.member_id,
  raftIndex: `${store.revision}`,
  raftTerm: IDENTITY.raft_term,
});

/** Each call of the v3 gateway that ends with one answer. */
export const CALLS: Readonly<Record<string, (store: Store, request: Message) => Message>> = {
  'kv/range': range,
  'kv/put': put,
  'kv/deleterange': deleteRange,
  'kv/txn': transaction,
  'lease/grant': grant,
  'lease/revoke': revoke,
  'kv/lease/revoke': revoke,
  'lease/keepalive': keepAlive,
  'lease/timetolive': timeToLive,
  'kv/lease/timetolive': timeToLive,
  'lease/leases': leases,
  'kv/lease/leases': leases,
  'maintenance/status': status,
};

/** What a watcher gets first. */
export const watchCreated = (store: Store): Message => ({ result: { header: header(store), created: true } });

/** What a watcher gets for some changes. */
export const watchEvents = (store: Store, changes: readonly Change[]): Message => ({
  result: {
    header: header(store),
    events: changes.map(({ type, now }) => ({ ...(type === 'DELETE' ? { type } : {}), kv: keyValue(now) })),
  },
});
