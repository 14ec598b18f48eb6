import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { plainRoute } from '#facts/route/own-routes';
import { cidr } from '#net/cidr';
import { ip } from '#net/ip';
import { cluster } from '#testing/world-builder';
import type { Packet } from '../packet.ts';
import { addressType } from './address-type.ts';
import { inputRoute } from './input.ts';
import { lookup } from './lookup.ts';

const bare = cluster({ nodes: 1, podsPerNode: 1 });
const [node, pod] = [bare.node('A'), bare.pod('A')];
const anycast = ip`10.99.0.1`;
const healthy = bare.put('route', node.scope, plainRoute(cidr`10.99.0.1/32`, node.bridge, { table: 'local', type: 'anycast' }));

const packet: Packet = {
  ...{ source: pod.address, destination: anycast, protocol: 'icmp', sourcePort: 0, destinationPort: 0, tcp: null },
  ...{ icmp: { type: 8, code: 0, id: 7 }, size: 84, df: false, ttl: 64, mark: 0 },
};

/**
 * Linux 6.18.44, `ip route add anycast 10.99.0.1/32 dev v0`: own packets leave by v0, `fib daddr type anycast` counts them; one that comes in
 * counts in InAddrErrors without ip_forward, and with it in neither INPUT nor FORWARD (`ip route get … iif v0`: Invalid argument).
 */
test('an anycast route of IPv4 is no address of the machine: it sends, and takes nothing in (__mkroute_output, ip_route_input_slow)', () => {
  const stack = worldOf(healthy.sysctl(node.scope, 'net.ipv4.ip_forward', 1).facts).stack(node.scope);
  const link = stack?.link(node.bridge);
  assert.ok(stack !== undefined && link !== undefined);
  const way = lookup(null, stack, { source: null, destination: anycast, iif: 'lo', oif: null, mark: 0, packet: null });
  assert.deepEqual(way.is === 'path' ? [way.path.does, way.path.dev] : [], ['anycast', node.bridge]);
  assert.equal(addressType(stack, anycast, null), 'ANYCAST');
  const input = inputRoute(null, stack, { packet, labelled: null, wire: 84, carries: null }, link);
  assert.deepEqual([input.is, input.is === 'drop' ? input.code : undefined], ['drop', 'IP_INVALID_DEST']);
});
