import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { startHeartbeat } from './heartbeat.ts';

const TIMES = { betweenMs: 10, lateMs: 400 };

test('a beat that comes is no standstill', async () => {
  const heart = startHeartbeat(() => Promise.resolve(), TIMES);
  await wait(50);
  assert.equal(heart.stoodStill(), 0);
});

test('a beat that was late is told once, one that has not come yet is told until it comes', async () => {
  let release = (): void => {};
  const beats = [new Promise<void>((resolve) => (release = resolve)), Promise.resolve()];
  const heart = startHeartbeat(() => beats.shift() ?? Promise.resolve(), TIMES);
  await wait(500);
  assert.ok(heart.stoodStill() >= 400);
  release();
  await wait(50);
  assert.ok(heart.stoodStill() >= 400);
  assert.equal(heart.stoodStill(), 0);
});
