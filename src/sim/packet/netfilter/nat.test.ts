import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { cluster } from '#testing/world-builder';
import { trace } from '../trace.ts';

test('what a namespace sends itself is translated once: behind lo it is what it became', () => {
  const built = cluster({ nodes: 1 });
  const pod = built.nodes[0]?.pods[0];
  assert.ok(pod !== undefined);
  const redirected = built.rule(pod.scope, 'nat', '-A OUTPUT -p tcp -j REDIRECT --to-ports 15001');
  const [outcome] = trace(worldOf(redirected.facts), { from: pod.scope, to: pod.address, protocol: 'tcp', port: 80 }).outcomes;
  const says = outcome?.hops.flatMap(({ steps }) => steps.filter(({ element }) => element === 'nat').map((step) => step.says));
  assert.deepEqual(says, [`destination ${pod.address}:80 becomes 127.0.0.1:15001`]);
  assert.equal(outcome?.received.destinationPort, 15001);
});
