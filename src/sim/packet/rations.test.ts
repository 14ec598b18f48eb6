import assert from 'node:assert/strict';
import test from 'node:test';
import { type LimitNote, NO_NOTES } from './notes.ts';
import { type Odds, sure } from './odds.ts';
import { mixedLimits, mixedRations, savedUp } from './rations.ts';

const limit = { perMs: 1 / 1000, burst: 100, top: 100 };
const left = (tokens: number, at = 0): LimitNote => ({ least: tokens, most: tokens, at, limit });
const noted = (odds: Odds<LimitNote>) => ({ ...NO_NOTES, limits: new Map([['rule', odds]]) });
const limitsOf = (mixed: ReturnType<typeof mixedRations>): unknown => [...(mixed.limits.get('rule') ?? [])];

test('of two ways that left as many whole tokens one remains, by the time of the later', () => {
  const ways = [noted(sure(left(3, 0))), noted(sure(left(3.2, 500)))];
  const both = { least: 3.2, most: 3.5, at: 500, limit };
  assert.deepEqual(limitsOf(mixedRations(ways, [1, 3])), [{ is: both, weight: 1 }]);
});

test('a way that asked for nothing has what was read', () => {
  assert.deepEqual(limitsOf(mixedRations([NO_NOTES, noted(sure(left(2)))], [1, 3])), [
    { is: null, weight: 0.25 },
    { is: left(2), weight: 0.75 },
  ]);
});

test('where nobody knows how likely a way is, what is left is between what all and what any of them have', () => {
  const ways = [noted(sure(left(0))), noted(sure(left(2)))];
  assert.deepEqual(limitsOf(mixedRations(ways, [0.5, null])), [{ is: { ...left(0), most: 2 }, weight: 1 }]);
  const untouched = { ...left(2), most: limit.top };
  assert.deepEqual(limitsOf(mixedRations([NO_NOTES, noted(sure(left(2)))], [null, 1])), [{ is: untouched, weight: 1 }]);
});

test('of many that may be left those are told apart that run out first', () => {
  const many = Array.from({ length: 60 }, (_, tokens) => sure(left(tokens)));
  const odds = mixedLimits(
    many,
    many.map(() => 1),
  );
  assert.equal(odds.length, 15);
  assert.deepEqual(
    odds.slice(0, 2).map(({ is }) => is?.least),
    [0, 1],
  );
  assert.deepEqual([odds.at(-1)?.is?.least, odds.at(-1)?.is?.most], [14, 59]);
  assert.ok(Math.abs(odds.reduce((sum, { weight }) => sum + weight, 0) - 1) < 1e-9);
});

test('tokens come back as time passes, and where nobody asked for so long all of them may be back', () => {
  assert.deepEqual(savedUp(left(2), 3000), left(5, 3000));
  assert.deepEqual(savedUp({ ...left(2), limit: { ...limit, forgottenMs: 1000 } }, 1000).most, limit.top);
});
