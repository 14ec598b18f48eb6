import assert from 'node:assert/strict';
import { test } from 'node:test';
import { miscounted } from './count.ts';

const RULE = 'nodes/lab/iptables-save:9';
const times = (count: number) => ({
  walks: [{ counted: Array.from({ length: count }, () => RULE), mayCount: [], disposition: 'dropped' }],
});

/** Whether the kernel may have counted the rule so often, where a packet took a way that counts it `taken` times or one of others. */
function isRight(kernel: number, taken: number, ...others: readonly number[]): boolean {
  const one = { skipped: 0, judged: [{ outcome: times(taken), matching: [taken, ...others].map(times), doubtful: [] }] };
  return miscounted([one], new Map([[RULE, 5]]), new Map([[RULE, 5 + kernel]]), 0, () => '-A OUTPUT -j U1').length === 0;
}

test('a rule counts as often as one of the ways that nobody saw, however often that is', () => {
  assert.deepEqual([isRight(0, 3, 0), isRight(3, 0, 3), isRight(3, 3, 0)], [true, true, true]);
  assert.deepEqual([isRight(4, 0, 3), isRight(2, 3, 3), isRight(3, 3)], [false, false, true]);
});

test('what may have ended where the model does not know need not have come as far as what it knows', () => {
  const one = { skipped: 0, judged: [{ outcome: times(1), matching: [times(1)], doubtful: [times(0)] }] };
  const right = (kernel: number) => miscounted([one], new Map([[RULE, 0]]), new Map([[RULE, kernel]]), 0, () => '-A OUTPUT').length === 0;
  assert.deepEqual([right(0), right(1), right(3)], [true, true, false]);
});
