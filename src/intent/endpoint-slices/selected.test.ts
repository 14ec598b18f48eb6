import assert from 'node:assert/strict';
import test from 'node:test';
import { ip } from '#net/ip';
import { isUsed } from './selected.ts';

test('an endpoint is led to while it is ready, or serves while it terminates', () => {
  const used = (ready: boolean | undefined, serving?: boolean, terminating?: boolean): boolean =>
    isUsed({ address: ip`10.1.2.3`, ready, serving, terminating, node: null, pod: null });
  assert.deepEqual([used(true), used(undefined), used(false, true, true)], [true, true, true]);
  assert.deepEqual([used(false), used(false, true, false), used(false, false, true)], [false, false, false]);
});
