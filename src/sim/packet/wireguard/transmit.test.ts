import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { cluster } from '#testing/world-builder';
import { trace } from '../trace.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const [A, B] = [healthy.node('A'), healthy.node('B')];
const [client, server] = [healthy.pod('A'), healthy.pod('B')];

test('a packet whose peer has no endpoint has left by the device that refuses it (wg_xmit)', () => {
  const seen = healthy.facts.seen('link', A.scope);
  const vxlan = seen.is === 'seen' ? seen.value.find(({ name }) => name === 'flannel.1') : undefined;
  assert.ok(vxlan !== undefined);
  const peer = { publicKey: 'b', endpoint: null, allowed: [B.subnet], handshake: 0 };
  const built = healthy
    .put('link', A.scope, { ...vxlan, name: 'wg0', index: 77, type: 'wireguard', noArp: true, vxlan: null })
    .put('wireguard', A.scope, { dev: 'wg0', publicKey: 'a', port: 51_820, mark: 0, peers: [peer] })
    .change(
      'route',
      A.scope,
      ({ to }) => to === B.subnet,
      (fact) => ({ ...fact, hops: [{ dev: 'wg0', via: null, onlink: false, weight: 1, dead: false }] }),
    );
  const [outcome] = trace(worldOf(built.facts), { from: client.scope, to: server.address, protocol: 'icmp' }).outcomes;
  assert.equal(outcome?.disposition, 'unreachable');
  assert.match(outcome.reason.says, /has no endpoint/);
  assert.equal(outcome.hops.at(-1)?.out, 'wg0');
});
