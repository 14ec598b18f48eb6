import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ModelConnection, ModelOutcome } from '../stage/model.ts';
import { tableOf } from './connections.ts';
import { withoutMet } from './met.ts';

const entry = (sport: number, to: string, as: string): string =>
  `udp 17 29 src=10.1.0.2 dst=${to} sport=${sport} dport=53 [UNREPLIED] src=${to} dst=${as} sport=53 dport=${sport} mark=0 use=1`;

/** A conversation that the model has leave as one address; what else it holds is not looked at. */
function conversation(sport: number, to: string, as: string) {
  const original = { source: '10.1.0.2', destination: to, protocol: 'udp', sport, dport: 53, ttl: 64, mark: 0 };
  const reply = { source: to, destination: as, sourcePort: 53, destinationPort: sport };
  const connection: ModelConnection = { namespace: 'r', original, reply, seenReply: false, drawn: false, mark: 0 };
  const outcomes: readonly ModelOutcome[] = [{ probability: 1, walks: [], connections: [connection] }];
  return { judged: [{ answer: { outcomes, complete: true } }], skipped: 0 };
}

const left = (told: ReturnType<typeof conversation>, ...entries: readonly string[]): readonly number[] =>
  withoutMet([told], new Map([['r', tableOf([entries.join('\n')])]])).map(({ judged }) => judged.length);

test('who was given what another of the same end had is not judged; who differs without such another is', () => {
  const asked = conversation(5353, '10.9.0.2', '10.2.0.7');
  const [other, own] = [entry(5353, '10.9.0.1', '10.2.0.3'), entry(5353, '10.9.0.2', '10.2.0.3')];
  assert.deepEqual(left(asked, other, own), [0]);
  assert.deepEqual(left(asked, own), [1], 'alone');
  assert.deepEqual(left(asked, entry(5354, '10.9.0.1', '10.2.0.3'), own), [1], 'another port is another end');
  assert.deepEqual(left(asked, other, entry(5353, '10.9.0.2', '10.2.0.7')), [1], 'as the model says');
});

test('whose answers go to what another connection has is not judged', () => {
  const asked = conversation(6000, '10.9.0.2', '10.2.0.7');
  const holder =
    'udp 17 29 src=10.1.0.9 dst=10.9.0.2 sport=6000 dport=53 [UNREPLIED] src=10.9.0.2 dst=10.2.0.7 sport=53 dport=6000 mark=0 use=1';
  assert.deepEqual(left(asked, holder), [0]);
});
