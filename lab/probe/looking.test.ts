import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lookUntil } from './looking.ts';

const standStill = (ms: number): void => {
  const until = performance.now() + ms;
  while (performance.now() < until);
};

test('what arrived while the process stood still past its time is looked for once more', async () => {
  let looks = 0;
  let seen = false;
  await lookUntil(() => {
    looks += 1;
    if (looks === 1) standStill(30);
    else seen = true;
    return seen;
  }, 10);
  assert.deepEqual([seen, looks], [true, 2]);
});

test('nobody waits for what never comes, nor once all is seen', async () => {
  const began = performance.now();
  await lookUntil(() => false, 30);
  assert.ok(performance.now() - began < 1000);
  let looks = 0;
  await lookUntil(() => {
    looks += 1;
    return true;
  }, 10_000);
  assert.equal(looks, 1);
});
