import { request } from 'node:http';
import { createInterface } from 'node:readline';
import { bytesIn, field, listIn, longIn, type Message, messageIn, toBytes } from '../etcd/messages.ts';
import { call } from '../etcdctl/client.ts';

export type Key = { readonly key: string; readonly value: string };
export type Event = { readonly type: 'PUT' | 'DELETE'; readonly key: string; readonly value: string; readonly revision: number };

const keyOf = (message: Message): Key => ({ key: bytesIn(message, 'key') ?? '', value: bytesIn(message, 'value') ?? '' });
const endOf = (prefix: string): string => prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
const RETRY_MS = 500;

/** flannel's questions to etcd. */
export class Etcd {
  readonly #endpoint: string;
  constructor(endpoint: string) {
    this.#endpoint = endpoint;
  }

  async get(key: string): Promise<string | undefined> {
    const answer = messageIn(await call(this.#endpoint, 'kv/range', { key: toBytes(key) }));
    const first = listIn(answer['kvs'])[0];
    return first === undefined ? undefined : keyOf(messageIn(first)).value;
  }

  async list(prefix: string): Promise<{ readonly keys: readonly Key[]; readonly revision: number }> {
    const answer = messageIn(await call(this.#endpoint, 'kv/range', { key: toBytes(prefix), range_end: toBytes(endOf(prefix)) }));
    const revision = Number(longIn(messageIn(answer['header']), 'revision'));
    return { keys: listIn(answer['kvs']).map((one) => keyOf(messageIn(one))), revision };
  }

  /** Puts a key under a new lease, as flanneld does each time it registers. */
  async register(key: string, value: string, ttl: number): Promise<void> {
    const granted = messageIn(await call(this.#endpoint, 'lease/grant', { TTL: `${ttl}`, ID: '0' }));
    await call(this.#endpoint, 'kv/put', { key: toBytes(key), value: toBytes(value), lease: `${longIn(granted, 'ID')}` });
  }

  /** Follows a prefix from a revision on, for ever; says nothing of broken connections, as the real client does not. */
  follow(prefix: string, from: number, tell: (event: Event) => void, opened: () => void): void {
    let next = from;
    const again = (): void => void setTimeout(connect, RETRY_MS);
    const connect = (): void => {
      const asked = request(new URL('/v3/watch', this.#endpoint), { method: 'POST' }, (response) => {
        response.on('error', () => {});
        createInterface({ input: response })
          .on('line', (line) => {
            const result = messageIn(messageIn(JSON.parse(line))['result']);
            if (result['created'] === true) opened();
            for (const event of listIn(result['events']).map(messageIn)) {
              const kv = messageIn(field(event, 'kv'));
              const revision = Number(longIn(kv, 'mod_revision'));
              next = Math.max(next, revision + 1);
              tell({ type: event['type'] === 'DELETE' ? 'DELETE' : 'PUT', ...keyOf(kv), revision });
            }
          })
          .on('close', again);
      });
      asked.on('error', again);
      asked.end(JSON.stringify({ create_request: { key: toBytes(prefix), range_end: toBytes(endOf(prefix)), start_revision: `${next}` } }));
    };
    connect();
  }
}
