import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ModelOutcome } from '../stage/model.ts';
import { followed, type Left } from './left.ts';

/** So many that may have come, each of these odds, which left as many different connections as `tracks` has. */
const came = (many: number, probability: number | null, tracks: readonly string[] = ['same']): readonly Left[] =>
  Array.from({ length: many }, (_, at) => ({
    outcome: { probability, walks: [], connections: [{ namespace: tracks[at % tracks.length] }] } as unknown as ModelOutcome,
    after: { id: 'q', outcome: at },
  }));

const sizes = (all: readonly Left[]): readonly number[] => followed(all).map((one) => (Array.isArray(one) ? one.length : 1));

/** Scene services:ja1.16+talk+aim: a rule that half of the packets take and that changes nothing leaves 16 ways after four of them. */
test('of more than twelve that may have come those that left the same connections are one question', () => {
  assert.deepEqual(sizes(came(12, 0.5)), Array(12).fill(1));
  assert.deepEqual(sizes(came(16, 0.5)), [16]);
  assert.deepEqual(sizes(came(16, 0.5, ['one', 'other'])), [8, 8]);
});

test('those of which nobody knows the odds stay apart as long as they are few', () => {
  assert.deepEqual(sizes([...came(3, null), ...came(16, 0.5)]), [1, 1, 1, 16]);
  assert.deepEqual(sizes([...came(18, null), ...came(3, 0.5)]), [21]);
});

test('where more than twelve left something else none is followed', () => {
  assert.deepEqual(sizes(came(13, 0.5, [...'abcdefghijklm'])), []);
});
