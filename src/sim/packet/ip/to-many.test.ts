import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { ip } from '#net/ip';
import { cluster } from '#testing/world-builder';
import { trace } from '../trace.ts';

const healthy = cluster({ nodes: 1, podsPerNode: 1 });
const node = healthy.node('A');

/**
 * Linux 6.18.44, 10.77.0.1/24 without a default route, a datagram of a socket bound to that: to 10.77.0.255, 255.255.255.255 and 224.0.0.1
 * OUTPUT counts one, POSTROUTING two, PREROUTING and INPUT one; to 239.1.2.3 OUTPUT and POSTROUTING one. An unbound one is told ENETUNREACH.
 */
test('what a namespace itself sends to many by IPv4 is not known (ip_mc_output, ip_route_output_key_hash_rcu)', () => {
  const source = node.gateway;
  for (const to of [ip`10.100.54.255`, ip`255.255.255.255`, ip`224.0.0.1`, ip`239.1.2.3`]) {
    const { outcomes } = trace(worldOf(healthy.facts), { from: node.scope, source, to, protocol: 'udp', port: 9999 });
    assert.deepEqual([...new Set(outcomes.map(({ disposition }) => disposition))], ['unknown'], to);
  }
});
