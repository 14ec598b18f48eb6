import type { ServerResponse } from 'node:http';
import type { Message } from './messages.ts';

type Entry = { readonly value: string; readonly created: number; readonly modified: number };

/** etcd's old keys, which v3 does not see. */
export class V2Store {
  index = 3;
  readonly entries = new Map<string, Entry>();
}

const FOUND_NOTHING = 100;

/** Answers `GET`, `PUT` and `DELETE` under /v2/keys as etcd 3.4 with --enable-v2 does. */
export function answerV2(store: V2Store, method: string, url: URL, body: string, response: ServerResponse): void {
  const key = decodeURIComponent(url.pathname.slice('/v2/keys'.length)).replace(/\/+$/, '') || '/';
  const [code, message] = method === 'PUT' ? put(store, key, body) : method === 'DELETE' ? remove(store, key, url) : get(store, key, url);
  response.writeHead(code, { 'content-type': 'application/json', 'x-etcd-index': `${store.index}` }).end(JSON.stringify(message));
}

const leaf = (key: string, { value, created, modified }: Entry): Message => ({
  key,
  value,
  modifiedIndex: modified,
  createdIndex: created,
});

function missing(store: V2Store, key: string): [number, Message] {
  return [404, { errorCode: FOUND_NOTHING, message: 'Key not found', cause: key, index: store.index }];
}

function get(store: V2Store, key: string, url: URL): [number, Message] {
  const entry = store.entries.get(key);
  if (entry !== undefined) return [200, { action: 'get', node: leaf(key, entry) }];
  const node = folder(store, key, url.searchParams.get('recursive') === 'true', true);
  return node === undefined ? missing(store, key) : [200, { action: 'get', node }];
}

function folder(store: V2Store, key: string, recursive: boolean, open: boolean): Message | undefined {
  const prefix = key === '/' ? '/' : `${key}/`;
  const below = [...store.entries.keys()].filter((one) => one.startsWith(prefix));
  if (below.length === 0 && key !== '/') return undefined;
  if (!open) return { key, dir: true };
  const children = [...new Set(below.map((one) => prefix + one.slice(prefix.length).split('/')[0]))].sort();
  const nodes = children.flatMap((child) => {
    const entry = store.entries.get(child);
    return entry === undefined ? [folder(store, child, recursive, recursive)] : [leaf(child, entry)];
  });
  return { key, dir: true, nodes };
}

function put(store: V2Store, key: string, body: string): [number, Message] {
  const before = store.entries.get(key);
  store.index += 1;
  const entry = { value: new URLSearchParams(body).get('value') ?? '', created: before?.created ?? store.index, modified: store.index };
  store.entries.set(key, entry);
  const previous = before === undefined ? {} : { prevNode: leaf(key, before) };
  return [before === undefined ? 201 : 200, { action: 'set', node: leaf(key, entry), ...previous }];
}

function remove(store: V2Store, key: string, url: URL): [number, Message] {
  const recursive = url.searchParams.get('recursive') === 'true';
  const gone = [...store.entries.keys()].filter((one) => one === key || (recursive && one.startsWith(`${key}/`)));
  if (gone.length === 0) return missing(store, key);
  store.index += 1;
  for (const one of gone) store.entries.delete(one);
  return [200, { action: 'delete', node: { key, modifiedIndex: store.index, createdIndex: store.index } }];
}
