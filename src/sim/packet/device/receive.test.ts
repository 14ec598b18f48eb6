import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { cluster } from '#testing/world-builder';
import { trace } from '../trace.ts';

test('a frame for a port whose master is of a kind that nobody told ends in unknown, not in a drop', () => {
  const healthy = cluster({ nodes: 1, podsPerNode: 2 });
  const { scope, bridge } = healthy.node('A');
  // `ip addr` without -d
  const { facts } = healthy.change('link', scope, bridge, { type: undefined, bridge: undefined });
  const flow = { from: healthy.pod('A').scope, to: healthy.pod('A', 1).address, protocol: 'icmp' } as const;
  assert.equal(trace(worldOf(healthy.facts), flow).outcomes[0]?.works, 'yes');
  assert.ok(trace(worldOf(facts), flow).outcomes.every(({ works }) => works === 'unknown'));
});
