import assert from 'node:assert/strict';
import test from 'node:test';
import { type Chooser, enumerate } from './choice.ts';

const options = [
  { name: 'heads', probability: 0.5 },
  { name: 'tails', probability: 0.5 },
];

/** A packet that throws a coin on each of its hops. */
const thrown =
  (hops: number) =>
  ({ pick, spend }: Chooser): number => {
    let heads = 0;
    for (let hop = 0; hop < hops; hop++) {
      spend?.();
      heads += pick({ at: `hop ${hop}`, of: 'coin', scope: 'packet', dice: true, options }) === 0 ? 1 : 0;
    }
    return heads;
  };

test('all ways of a run are walked, each with its probability', () => {
  const { branches, complete } = enumerate(thrown(3));
  assert.ok(complete);
  assert.deepEqual(
    branches.map(({ result, probability }) => [result, probability]),
    [3, 2, 2, 1, 2, 1, 1, 0].map((heads) => [heads, 0.125]),
  );
});

test('it stops after so many ways, or so many frames on all of them, and says so', () => {
  const walked = (hops: number, limit?: number, frames?: number) => {
    const { branches, complete } = enumerate(thrown(hops), limit, frames);
    return [branches.length, complete];
  };
  assert.deepEqual(walked(3, 5), [5, false]);
  assert.deepEqual(walked(3, 8, 24), [8, true]);
  assert.deepEqual(walked(3, 8, 9), [3, false]);
  // ways of sixty hops cost ten times as much as those of six, and a tenth of them is walked
  assert.deepEqual(walked(12), [2731, false]);
  assert.deepEqual(walked(64), [512, false]);
});
