import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { forced } from '#sim/clock/choice';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import type { Outcome } from '../outcome.ts';
import { send } from '../send.ts';
import { FRESH } from '../state.ts';
import { packetOf } from '../trace.ts';

const healthy = cluster();
const [A, D] = [healthy.node('A'), healthy.node('D')];

function sent(built: BuiltCluster): Outcome {
  const world = worldOf(built.facts);
  const packet = packetOf(world, { from: A.scope, to: healthy.pod('D').address, protocol: 'udp', port: 9, sport: 40001 });
  return send(world, A.scope, packet, FRESH, forced(new Map()), 0);
}

/** As `ip addr` without -d has it. */
const untold = (built: BuiltCluster): BuiltCluster =>
  [A, D].reduce((now, { scope }) => now.link(scope, 'flannel.1', { type: undefined, vxlan: undefined }), built);

test('whether a device whose kind was not told leads to a captured one is unknown, and says what tells it', () => {
  const { disposition, reason } = sent(untold(healthy));
  assert.equal(disposition, 'unknown');
  assert.match(reason.says, /^what kind of device flannel\.1 of A is was not told$/);
  assert.equal(reason.gap?.capture, 'ip -d -j link show');
});

test('an address that nobody captured has is said to be so, also where that of its owner was not told', () => {
  const stale = untold(healthy).change('neighbour', A.scope, ({ dev }) => dev === 'flannel.1', { mac: '02:de:ad:00:00:01' as never });
  assert.match(
    sent(stale).reason.says,
    /^02:de:ad:00:00:01 is no captured device's address, while \S+ is on D flannel\.1 at [0-9a-f:]{17}$/,
  );
  const { reason } = sent(stale.link(D.scope, 'flannel.1', { mac: undefined }));
  assert.match(reason.says, /is on D flannel\.1, whose address was not told$/);
});
