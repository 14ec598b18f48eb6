import assert from 'node:assert/strict';
import test from 'node:test';
import { expiryOf, modelTimeoutMs, RTO_MAX_MS, type Retransmitting } from './tcp-retransmission.ts';
import { grainMs } from './timer-wheel.ts';

const fresh = (rtoMs: number, more: Partial<Retransmitting> = {}): Retransmitting => ({
  rtoMs,
  backoff: 0,
  firesInMs: rtoMs,
  retries2: 5,
  rtoMaxMs: RTO_MAX_MS,
  hz: 1000,
  ...more,
});
const within = (value: number, wanted: number, share: number): boolean => Math.abs(value - wanted) <= wanted * share;

test('the model timeout is that of ip-sysctl.rst: 924.6 seconds for 15 retries', () => {
  const seconds = [5, 6, 8, 10, 15].map((retries) => modelTimeoutMs(retries) / 1000);
  assert.deepEqual(seconds, [12.6, 25.4, 102.2, 324.6, 924.6]);
});

test('timers of the wheel are late by up to the grain of their level', () => {
  assert.deepEqual(
    [10, 204, 816, 6528].map((delay) => grainMs(delay, 1000)),
    [1, 8, 64, 512],
  );
  assert.equal(grainMs(6528, 250), 256);
});

test('what was measured on kernel 6.18: 13.4, 107.9 and 939.5 seconds', () => {
  for (const [retries2, measured] of [
    [5, 13_400],
    [8, 107_900],
    [15, 939_500],
  ] as const) {
    const { afterMs } = expiryOf(fresh(204, { retries2 }));
    assert.ok(within(afterMs, measured, 0.05), `${retries2}: ${afterMs}, measured ${measured}`);
  }
});

test('63 times the first timeout at 5 retries; one that is too short needs another doubling', () => {
  assert.ok(within(expiryOf(fresh(213)).afterMs, 63 * 213, 0.05));
  const short = expiryOf(fresh(185));
  assert.ok(within(short.afterMs, 127 * 185, 0.05), `${short.afterMs}`);
  const { earliestMs, latestMs } = expiryOf(fresh(201));
  assert.ok(within(earliestMs, 63 * 201, 0.05) && within(latestMs, 127 * 201, 0.05), 'how late timers fire decides');
});

test('seen later, the same connection ends at the same time', () => {
  const whole = expiryOf(fresh(204)).afterMs;
  // three doublings later: 0.2 + 0.4 + 0.8 s have passed, and half a second of the fourth
  const later = expiryOf(fresh(1632, { backoff: 3, firesInMs: 1132 })).afterMs;
  assert.ok(within(later + 204 + 408 + 816 + 500, whole, 0.03), `${later}`);
});
