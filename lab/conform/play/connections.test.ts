import assert from 'node:assert/strict';
import test from 'node:test';
import type { ModelConnection } from '../stage/model.ts';
import { disconnected, tableOf } from './connections.ts';

/** A connection to 10.2.0.2:53 whose source port the router before drew; the model shows 40000 until an answer tells it. */
const tracked = (sport: number, seenReply: boolean, drawn?: readonly [number, number]): ModelConnection => ({
  namespace: 'b',
  original: {
    source: '10.2.0.1',
    destination: '10.2.0.2',
    protocol: 'udp',
    sport,
    dport: 53,
    ttl: 63,
    mark: 0,
    ...(drawn === undefined ? {} : { drawn: { source: drawn } }),
  },
  reply: { source: '10.2.0.2', destination: '10.2.0.1', sourcePort: 53, destinationPort: sport },
  seenReply,
  drawn: false,
  mark: 0,
});

const left = (connection: ModelConnection, skipped = 0) => ({
  skipped,
  judged: [{ is: 'same' as const, matching: [{ probability: 1, walks: [], connections: [connection] }], doubtful: [] }],
});

/** Lines of `conntrack -L` as conntrack v1.4.7 prints them, made by hand. */
const line = (port: number, isAnswered: boolean): string =>
  `udp      17 29 src=10.2.0.1 dst=10.2.0.2 sport=${port} dport=53 ${isAnswered ? '' : '[UNREPLIED] '}src=10.2.0.2 dst=10.2.0.1 sport=53 dport=${port} mark=0 use=1`;
const tables = new Map([['b', tableOf([`${line(61777, true)}\n${line(52011, false)}`])]]);

const RANGE = [1024, 65535] as const;

test('of a port that was drawn any entry can be it that is no other connection', () => {
  const all = [left(tracked(40000, false, RANGE)), left(tracked(61777, true))];
  assert.deepEqual(disconnected(all, tables, new Map()), []);
  const both = [left(tracked(40000, false, RANGE)), left(tracked(40000, false, RANGE))];
  assert.match(disconnected(both, tables, new Map())[0]?.says ?? '', /61777 53: answered, in the model not answered/);
});

test('what a conversation left is not asked where a part of it was not judged', () => {
  assert.deepEqual(disconnected([left(tracked(40000, true), 1)], tables, new Map()), []);
  assert.match(disconnected([left(tracked(40000, true))], tables, new Map())[0]?.says ?? '', /the kernel has none/);
});
