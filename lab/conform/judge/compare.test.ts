import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ModelOutcome, ModelWalk } from '../stage/model.ts';
import type { Header, Seen } from '../stage/wire.ts';
import { datagram } from './built-sighting.ts';
import { differences } from './compare.ts';

const { told, header } = datagram('10.1.0.2', '10.2.0.2');
const seenAt = (namespace: string, device: string, how: Seen['how'], more: Partial<Header> = {}): Seen => ({
  in: namespace,
  device,
  how,
  header: { ...header, ...more },
});
const way: readonly Seen[] = [
  seenAt('a', 'e0', 'out', { ttl: 64 }),
  seenAt('r', 'r1', 'in', { ttl: 64 }),
  seenAt('r', 'r2', 'out'),
  seenAt('b', 'e0', 'in'),
];
const walk: ModelWalk = {
  packet: told,
  received: { ...told, ttl: 63 },
  disposition: 'delivered',
  at: ['b', 'e0'],
  code: 'DELIVERED',
  says: 'a socket listens',
  path: [
    ['a', null, 'e0', told],
    ['r', 'r1', 'r2', told],
    ['b', 'e0', null],
  ],
  counted: [],
  mayCount: [],
};
const outcome = (one: Partial<ModelWalk> = {}): ModelOutcome => ({ probability: 1, walks: [{ ...walk, ...one }], connections: [] });
const taken = { ...seenAt('b', 'e0', 'socket'), mark: 0 };

test('the same way, taken by the socket that the model names, is no difference', () => {
  assert.deepEqual(differences(outcome(), [...way, taken]), []);
});

test('another way, another address, another mark and a socket too few are told', () => {
  assert.match(differences(outcome(), way.slice(0, 2)).join(), /the model's way is >a>e0 r1>r>r2 e0>b>.*seen was >a>e0 r1>r>$/);
  const rewritten = way.map((one) => (one.in === 'r' && one.how === 'out' ? seenAt('r', 'r2', 'out', { dport: 8080 }) : one));
  assert.match(differences(outcome(), [...rewritten, taken]).join(), /left r by r2 as 10.1.0.2 20000 10.2.0.2 8080/);
  assert.match(differences(outcome(), [...way, { ...taken, mark: 4 }]).join(), /received with mark 4, in the model 0/);
  assert.match(differences(outcome(), way).join(), /no socket took it/);
});

test('a mark that the kernel tells no socket, as one before 5.19, is not taken for none', () => {
  const marked = outcome({ received: { ...told, ttl: 63, mark: 256 } });
  assert.deepEqual(differences(marked, [...way, seenAt('b', 'e0', 'socket')]), []);
  assert.match(differences(marked, [...way, taken]).join(), /received with mark 0, in the model 256/);
});

test('an answer that only one side knows is told, a late one is not waited for', () => {
  const refusal: ModelWalk = {
    ...walk,
    packet: { ...told, protocol: 'icmp', icmp: { type: 3, code: 3, id: 0 } },
    disposition: 'delivered',
    path: [['b', null, 'e0', told]],
  };
  const both = { ...outcome(), walks: [walk, refusal] };
  assert.match(differences(both, [...way, taken]).join(), /the model has icmp 3\/3/);
  assert.deepEqual(differences({ ...both, walks: [walk, { ...refusal, after: 3000 }] }, [...way, taken]), []);
  assert.match(
    differences(outcome(), [...way, taken, seenAt('b', 'e0', 'out', { protocol: 1, type: 3, code: 3 })]).join(),
    /the model has none/,
  );
});

test('a way in circles is seen more often than the model says it, round by round, and only so', () => {
  const rounds = (count: number): readonly Seen[] => [
    seenAt('a', 'e0', 'out', { ttl: 64 }),
    ...Array.from({ length: count }, () => [
      seenAt('r', 'r1', 'in'),
      seenAt('r', 'r2', 'out'),
      seenAt('s', 's1', 'in'),
      seenAt('s', 's2', 'out'),
    ]).flat(),
    seenAt('r', 'r1', 'in', { ttl: 1 }),
  ];
  const round = [['r', 'r1', 'r2', told] as const, ['s', 's1', 's2', told] as const];
  const looped = outcome({ disposition: 'looped', path: [['a', null, 'e0', told], ...round, ...round, ['r', 'r1', null]] });
  assert.deepEqual(differences(looped, rounds(2)), []);
  assert.deepEqual(differences(looped, rounds(30)), []);
  assert.match(differences(looped, rounds(1)).join(), /the model's way is/);
  const other = [...rounds(3).slice(0, -1), seenAt('r', 'r1', 'in'), seenAt('r', 'r2', 'out'), seenAt('r', 'r1', 'in', { ttl: 1 })];
  assert.match(differences(looped, other).join(), /the model's way is/, 'half a round is another way');
  assert.match(differences(outcome({ path: looped.walks[0]?.path ?? [] }), rounds(30)).join(), /the model's way is/, 'only where it loops');
});

test('an error is about a tunnel where what it answers ended around one, not where a port says so', () => {
  const about = { ...told, dport: 4789 };
  const error: ModelWalk = { ...walk, packet: { ...told, protocol: 'icmp', icmp: { type: 11, code: 0, id: 0, inner: about } } };
  const quoting = (more: Partial<Header>): readonly Seen[] =>
    way.map((one) => ({ ...one, header: { ...one.header, protocol: 1, type: 11, code: 0, about: { ...header, ...more } } }));
  const alone = { ...outcome(), walks: [error] };
  assert.deepEqual(differences(alone, quoting({ dport: 65238 })), [], 'NAT has rewritten what it quotes');
  assert.deepEqual(differences(alone, quoting({ dport: 4789 })), []);
  const lost: ModelWalk = { ...walk, outer: { ...told, dport: 4789 }, disposition: 'dropped', path: [] };
  const after = { ...outcome(), walks: [lost, error] };
  assert.deepEqual(differences(after, quoting({ dport: 4789, inner: header })), []);
  assert.match(differences(after, quoting({ dport: 4789 })).join(), /the model has icmp 11\/0 about a tunnel/);
});

test('an error that a router tells on in its own name, as IPVS does, was seen going through it', () => {
  const error = { ...told, protocol: 'icmp', icmp: { type: 3, code: 3, id: 0 } } as const;
  const arrived: ModelWalk = {
    ...walk,
    packet: error,
    path: [
      ['b', null, 'e0', error],
      ['r', 'r2', null],
    ],
  };
  const toldOn: ModelWalk = {
    ...walk,
    packet: error,
    path: [
      ['r', null, 'r1', error],
      ['a', 'e0', null],
    ],
  };
  const code = { protocol: 1, type: 3, code: 3 };
  const seen = [
    seenAt('b', 'e0', 'out', code),
    seenAt('r', 'r2', 'in', code),
    seenAt('r', 'r1', 'out', code),
    seenAt('a', 'e0', 'in', code),
  ];
  assert.deepEqual(differences({ ...outcome(), walks: [arrived, toldOn] }, seen), []);
  assert.match(differences({ ...outcome(), walks: [arrived] }, seen).join(), /the model's way is >b>e0 r2>r>/);
});
