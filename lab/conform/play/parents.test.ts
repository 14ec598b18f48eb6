import assert from 'node:assert/strict';
import test from 'node:test';
import type { Scene } from '../draw/scene.ts';
import type { Stage } from '../stage/raise.ts';
import type { Seen } from '../stage/wire.ts';
import { parentsFirst } from './parents.ts';

const scene = {
  layout: {
    namespaces: [
      { name: 'a', devices: [{ name: 'e0', parent: { namespace: 'n', device: 'u0' } }] },
      { name: 'n', devices: [{ name: 'u0' }] },
    ],
  },
} as unknown as Scene;
const staged = { scene, stage: { name: (own: string) => `s0${own}` } as Stage };

/** Where one packet was seen, in that order. */
function orderOf(...places: readonly (readonly [namespace: string, device: string, how: Seen['how'], protocol?: number])[]): string {
  const seen = places.map(
    ([namespace, device, how, protocol = 17]) => ({ in: `s0${namespace}`, device, how, header: { protocol } }) as unknown as Seen,
  );
  return parentsFirst(seen, staged)
    .map(({ in: namespace, device, how }) => `${namespace.slice(2)} ${device} ${how}`)
    .join(', ');
}

test('what goes up to another namespace was seen below first, though both are told of one time', () => {
  assert.equal(orderOf(['a', 'e0', 'in'], ['n', 'u0', 'other']), 'n u0 other, a e0 in');
  assert.equal(orderOf(['a', 'e0', 'in'], ['a', '', 'socket'], ['n', 'u0', 'in']), 'n u0 in, a e0 in, a  socket');
  assert.equal(orderOf(['n', 'u0', 'in'], ['a', 'e0', 'in']), 'n u0 in, a e0 in');
});

test('what leaves above, and another packet, stay where they are', () => {
  assert.equal(orderOf(['a', 'e0', 'out'], ['n', 'u0', 'in']), 'a e0 out, n u0 in');
  assert.equal(orderOf(['a', 'e0', 'in'], ['n', 'u0', 'in', 1]), 'a e0 in, n u0 in');
});
