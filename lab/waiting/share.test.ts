import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawsOf } from './share.ts';

test('few draws bound nearly nothing, many tell a half from a quarter', () => {
  assert.deepEqual(drawsOf(0.5, 20), { least: 0, most: 20 });
  assert.deepEqual(drawsOf(0.5, 22), { least: 1, most: 21 });
  const { least, most } = drawsOf(0.5, 128);
  assert.ok(least > 128 / 4 && most < (128 * 3) / 4, `${least} to ${most}`);
});

test('what is likelier is bounded higher', () => {
  assert.deepEqual(drawsOf(2 / 3, 128), { least: 128 - drawsOf(1 / 3, 128).most, most: 128 - drawsOf(1 / 3, 128).least });
  assert.ok(drawsOf(0.9, 128).least > 90);
});
