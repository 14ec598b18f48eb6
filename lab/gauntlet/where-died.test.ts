import assert from 'node:assert/strict';
import test from 'node:test';
import { untilLost } from './where-died.ts';

const patience = { late: 40, again: 1 };

/** Looks that find one loss more each time, and how many there were. */
function losing(...losses: readonly string[]) {
  let looks = 0;
  return { look: async () => losses.slice(0, looks++), looks: () => looks };
}

test('what is lost late is waited for, behind other losses too', async () => {
  const { look, looks } = losing('SKB_DROP', 'NEIGH_FAILED', 'never asked');
  assert.deepEqual(await untilLost(look, (one) => one === 'NEIGH_FAILED', patience), ['SKB_DROP', 'NEIGH_FAILED']);
  assert.equal(looks(), 3);
});

test('what never comes is not waited for without end, and what came is told', async () => {
  assert.deepEqual(await untilLost(losing('SKB_DROP').look, (one) => one === 'NEIGH_FAILED', patience), ['SKB_DROP']);
});
