import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { ip } from '#net/ip';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import { exchange } from '../exchange.ts';
import { FRESH } from '../state.ts';
import { packetOf } from '../trace.ts';

const healthy = cluster();
const [A, D] = [healthy.node('A'), healthy.node('D')];

/** How plain UDP to the tunnel's port ends, in each way that it can. */
function endings({ facts }: BuiltCluster, size = 84): readonly (readonly string[])[] {
  const world = worldOf(facts);
  const packet = packetOf(world, { from: A.scope, to: D.address, protocol: 'udp', port: 8472, sport: 40_001, size });
  const { branches = [] } = exchange(world, { from: A.scope, packet }, FRESH) ?? {};
  return branches.map(({ result: { walks } }) => walks.map(({ disposition, reason }) => `${disposition} ${reason.code}`)).toSorted();
}

const tunnel = (change: object): BuiltCluster =>
  healthy.change('link', D.scope, D.vtep.device, (fact) => ({
    ...fact,
    vxlan: { ...(fact.vxlan as NonNullable<typeof fact.vxlan>), ...change },
  }));

/** Linux 6.18, by kfree_skb: what began with 0x4c was of no VNI, what began with 0 was no header; seven bytes were too few. */
test('plain UDP to a tunnel’s port is read as if it were VXLAN, and what it says nobody told (vxlan_rcv)', () => {
  assert.deepEqual(endings(healthy), [['dropped VXLAN_INVALID_HDR'], ['dropped VXLAN_VNI_NOT_FOUND']]);
  assert.deepEqual(endings(tunnel({ external: true })), [['dropped VXLAN_INVALID_HDR']], 'it takes every VNI');
  assert.deepEqual([endings(healthy, 36).length, endings(healthy, 35)], [2, [['dropped PKT_TOO_SMALL']]]);
});

/** Linux 6.18: plain UDP over IPv4 to the port of a tunnel with an address of IPv6 was refused. */
test('a tunnel over IPv6 alone does not listen on IPv4 (vxlan_sock_add)', () => {
  assert.deepEqual(
    endings(tunnel({ local: ip`fd00::1` })).map(([first]) => first),
    ['no listener NO_SOCKET'],
  );
});
