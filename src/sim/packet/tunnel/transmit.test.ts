import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import type { TunnelSettings } from '#facts/link/link';
import { cluster } from '#testing/world-builder';
import { exchange } from '../exchange.ts';
import { FRESH } from '../state.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const [A, B] = [healthy.node('A'), healthy.node('B')];
const [client, server] = [healthy.pod('A'), healthy.pod('B')];

const tunl0: TunnelSettings = {
  ...{ kind: 'ipip', remote: null, local: null, dev: null, ttl: 0, tos: 0 },
  ...{ inKey: null, outKey: null, pathMtu: false, external: false },
};

/** What is around a pod's packet on its way to the other node by an IPIP tunnel. */
function around(tos: number, settings: Partial<TunnelSettings> = {}) {
  const seen = healthy.facts.seen('link', A.scope);
  const vxlan = seen.is === 'seen' ? seen.value.find(({ name }) => name === 'flannel.1') : undefined;
  assert.ok(vxlan !== undefined);
  const built = healthy
    .put('link', A.scope, { ...vxlan, name: 'tunl0', index: 77, type: 'ipip', noArp: true, vxlan: null, tunnel: { ...tunl0, ...settings } })
    .change(
      'route',
      A.scope,
      ({ to }) => to === B.subnet,
      (fact) => ({ ...fact, hops: [{ dev: 'tunl0', via: B.address, onlink: true, weight: 1, dead: false }] }),
    );
  const packet = {
    ...({ source: client.address, destination: server.address, protocol: 'udp', sourcePort: 40_001, destinationPort: 53 } as const),
    ...{ tcp: null, icmp: null, size: 60, df: false, ttl: 64, mark: 0, tos },
  };
  const walk = exchange(worldOf(built.facts), { from: client.scope, packet }, FRESH)?.branches[0]?.result.walks[0];
  return walk?.outer ?? walk?.received;
}

test('the type of service around a packet is the tunnel’s own, the bits of congestion are the packet’s (ip_tunnel_xmit)', () => {
  assert.deepEqual([around(0x10)?.protocol, around(0x10)?.tos], ['ipip', 0]);
  assert.equal(around(0x12)?.tos, 2);
  assert.equal(around(0x10, { tos: 0x20 })?.tos, 0x20);
  assert.equal(around(0x10, { tos: 'inherit' })?.tos, 0x10);
});

test('from an address that is not the namespace’s own a tunnel of IPv4 sends nothing (ip_tunnel_xmit, ip_route_output_key_hash_rcu)', () => {
  assert.equal(around(0, { local: A.address })?.protocol, 'ipip');
  assert.equal(around(0, { local: B.address })?.protocol, 'udp', 'the packet itself, which nothing was put around');
});
