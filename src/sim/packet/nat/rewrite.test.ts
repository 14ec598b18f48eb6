import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { cluster } from '#testing/world-builder';
import { exchange } from '../exchange.ts';
import { FRESH } from '../state.ts';
import { packetOf } from '../trace.ts';

test('an answer that goes back to an end whose port was drawn before says so', () => {
  const healthy = cluster({ nodes: 2 });
  const [a, b] = [healthy.node('A'), healthy.node('B')];
  const drawn = healthy.rule(a.scope, 'nat', '-A POSTROUTING -p tcp -j MASQUERADE --random-fully', 0);
  const both = drawn.rule(b.scope, 'nat', '-A INPUT -p tcp -j SNAT --to-source 198.51.100.7', 0);
  const world = worldOf(both.facts);
  const packet = packetOf(world, { from: a.scope, to: b.address, protocol: 'tcp', port: 9000, sport: 40001 });
  const [branch] = exchange(world, { from: a.scope, packet }, FRESH)?.branches ?? [];
  const reset = branch?.result.walks[1];
  const left = reset?.hops[0]?.steps.findLast((step) => step.packet !== undefined)?.packet;
  assert.equal(left?.destination, a.address);
  assert.deepEqual(left.drawn, { destination: [1024, 65535] });
  assert.equal(reset?.received.destinationPort, 40001);
});
