import assert from 'node:assert/strict';
import test from 'node:test';
import { onlineIn } from './processors.ts';

test('a list of processors is read as the kernel writes it', () => {
  assert.deepEqual(onlineIn('0\n'), [0]);
  assert.deepEqual(onlineIn('0-3,6,8-9\n'), [0, 1, 2, 3, 6, 8, 9]);
});
