import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Told } from '../play/ask.ts';
import type { ModelOutcome } from '../stage/model.ts';
import { unlikely } from './chance.ts';

const outcome = (probability: number | null, counted: readonly string[]): ModelOutcome =>
  // only what the tally reads
  ({ probability, walks: [{ counted }], connections: [] }) as unknown as ModelOutcome;
const [taken, passed] = [outcome(0.5, ['rules:3']), outcome(0.5, [])];

/** So many packets that took a rule of which each second one should. */
const toldOf = (took: number, of: number): readonly Told[] =>
  Array.from({ length: of }, (_, at) => {
    const happened = at < took ? taken : passed;
    return {
      judged: [{ answer: { outcomes: [taken, passed], complete: true }, matching: [happened], outcome: happened }],
    } as unknown as Told;
  });

test('a fair choice is no disagreement, one that always falls the same way is', () => {
  assert.deepEqual(unlikely(toldOf(48, 100)), []);
  assert.match(unlikely(toldOf(100, 100))[0]?.says ?? '', /^rules:3 was taken by 100 of 100 packets, expected are 50.0$/);
  assert.deepEqual(unlikely(toldOf(10, 10)), []);
});

/** Half of the packets are let by, a quarter too, by another rule, which looks alike; only those that are dropped can be told from them. */
test('packets that went in one of two ways which look alike are no reason to think that the third is taken too often', () => {
  const [first, second, third] = [outcome(0.5, ['rules:3']), outcome(0.25, ['rules:4']), outcome(0.25, ['rules:5'])];
  const told = (dropped: number, of: number): readonly Told[] =>
    Array.from({ length: of }, (_, at) => {
      const matching = at < dropped ? [third] : [first, second];
      return { judged: [{ answer: { outcomes: [first, second, third], complete: true }, matching }] } as unknown as Told;
    });
  assert.deepEqual(unlikely(told(50, 200)), []);
  assert.match(unlikely(told(150, 200))[0]?.says ?? '', /^rules:3 was taken by 33 of 200 packets, expected are 100.0$/);
});

test('behind several ways of which nobody knows the odds no choice is too rare', () => {
  const either = [outcome(null, []), outcome(null, [])];
  const told = toldOf(100, 100).map(({ judged: [one] }) => ({
    judged: [{ answer: { outcomes: either, complete: true }, matching: either }, one],
  }));
  assert.deepEqual(unlikely(told as unknown as readonly Told[]), []);
  const seen = told.map(({ judged: [, one] }) => ({
    judged: [{ answer: { outcomes: either, complete: true }, matching: either.slice(1) }, one],
  }));
  assert.equal(unlikely(seen as unknown as readonly Told[]).length, 1, 'that is seen which it was');
});
