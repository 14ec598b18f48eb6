import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import type { BridgePortSettings } from '#facts/link/link';
import { dualStack, six } from '#testing/built/dual-stack';
import { cluster } from '#testing/world-builder';
import { trace } from '../trace.ts';

const healthy = cluster({ nodes: 1, podsPerNode: 2 });
const node = healthy.node('A');
const [one, two] = [healthy.pod('A', 0), healthy.pod('A', 1)];

/** Whether a pod's echo to the other is answered, in IPv4 and IPv6, with other settings of the port of one of them. */
function answered(pod: typeof one, change: Partial<BridgePortSettings>): readonly (string | undefined)[] {
  const port = worldOf(healthy.facts).stack(node.scope)?.link(pod.veth)?.port;
  assert.ok(port != null);
  const world = worldOf(dualStack(healthy.link(node.scope, pod.veth, { port: { ...port, ...change } })));
  return [two.address, six(two.address)].map((to) => trace(world, { from: one.scope, to, protocol: 'icmp' }).outcomes[0]?.works);
}

/** Measured on Linux 6.18, ends of veths on a bridge without entries, `bridge_slave bcast_flood off` or `mcast_flood off` at the port of who is asked. */
test('ARP asks all and ND a group: a port may keep one of them back (br_flood)', () => {
  assert.deepEqual(answered(two, {}), ['yes', 'yes']);
  assert.deepEqual(answered(two, { broadcastFlood: false }), ['no', 'yes']);
  assert.deepEqual(answered(two, { multicastFlood: false }), ['yes', 'no']);
});

/** Measured in the same way: `bcast_flood off` at the port of who asks. */
test('the answer is for one, whom the bridge has just learnt: it goes by a port that nothing is flooded to', () => {
  assert.deepEqual(answered(one, { broadcastFlood: false, multicastFlood: false, flood: false }), ['yes', 'yes']);
  assert.deepEqual(answered(one, { broadcastFlood: false, learning: false }), ['yes', 'yes']);
});

/** Measured on Linux 6.18: a device with `proxy` and without an entry asks nobody, though its entry for all zeroes leads to who would answer. */
test('a tunnel that answers by itself carries no question: who answers is not told (arp_reduce)', () => {
  const two = cluster({ nodes: 2, podsPerNode: 1 });
  const [a, b] = [two.node('A'), two.node('B')];
  const isVtep = ({ name }: { readonly name: string }): boolean => name === a.vtep.device;
  const asking = two.drop('neighbour', a.scope, ({ dev, mac }) => dev === a.vtep.device && mac === b.vtep.mac);
  const proxy = asking.change('link', a.scope, isVtep, (link) => ({
    ...link,
    vxlan: link.vxlan == null ? link.vxlan : { ...link.vxlan, proxy: true },
  }));
  const works = ({ facts }: typeof two) =>
    trace(worldOf(facts), { from: two.pod('A').scope, to: two.pod('B').address, protocol: 'icmp' }).outcomes.map((one) => one.works);
  assert.deepEqual([works(asking), works(proxy)], [['no'], ['unknown']]);
});
