import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { cluster } from '#testing/world-builder';
import { skbOf } from '../answer.ts';
import { end } from '../next.ts';
import { Run } from '../run.ts';
import { FRESH } from '../state.ts';
import { packetOf } from '../trace.ts';
import { icmpError } from './error.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const [from, to] = [healthy.pod('A'), healthy.pod('B')];
const world = worldOf(healthy.facts);

/** Bytes of the error about a packet of a size, and at least of one of which that is not told. */
function told(size: number, leastSize?: number): readonly [number | undefined, number | undefined] {
  const stack = world.stack(healthy.node('A').scope) ?? assert.fail('it was captured');
  const packet = { ...packetOf(world, { from: from.scope, to: to.address, protocol: 'tcp', port: 80 }), size };
  const about = leastSize === undefined ? packet : { ...packet, leastSize };
  const ended = end(skbOf(stack, about), { disposition: 'dropped', code: 'IP_INHDR', says: 'its life is over' });
  const error = icmpError(new Run(world, { pick: () => 0 }, FRESH), ended, { about, stack, type: 11, code: 0, delayMs: 0 });
  return [error?.size, error?.leastSize];
}

test('an error about a packet whose length is not told has none that is told either, up to the longest (__icmp_send)', () => {
  assert.deepEqual(
    [told(52), told(1400)],
    [
      [80, undefined],
      [576, undefined],
    ],
  );
  assert.deepEqual(
    [told(52, 44), told(1400, 44), told(1400, 1300)],
    [
      [80, 72],
      [576, 72],
      [576, 576],
    ],
  );
});
