import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { cidr } from '#net/cidr';
import { ip } from '#net/ip';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import { lookup } from './lookup.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const node = healthy.node('A');
const [far, gateway, named] = [ip`203.0.113.9`, ip`192.168.1.1`, ip`192.168.1.77`];
const hop = { dev: node.uplink, via: gateway, onlink: false, weight: 1, dead: false };
const route = { nexthopId: null, metric: 0, source: null, scope: 'global', protocol: 'static', mtu: null, tos: 0, hops: [hop] };
const routed = (...hops: readonly (typeof hop)[]): BuiltCluster =>
  healthy.put('route', node.scope, { ...route, hops, table: 'main', type: 'unicast', to: cidr`203.0.113.0/24` });

/** What the kernel lists after a redirect (`ip route show cached`). */
const told = { to: far, dev: node.uplink, via: named, mtu: null, redirected: true, locked: undefined, expiresSeconds: 299 };

function wayOf(built: BuiltCluster, destination = far) {
  const stack = worldOf(built.facts).stack(node.scope);
  assert.ok(stack !== undefined);
  const answer = lookup(null, stack, { source: null, destination, iif: 'lo', oif: null, mark: 0, packet: null });
  return answer.is === 'path'
    ? [answer.path.via, answer.path.by.map(({ kind }) => kind)]
    : answer.is === 'gap'
      ? answer.gap.detail
      : answer.error;
}

/** Measured on Linux 6.18: the second ping no longer meets the first router, also with accept_redirects off by then. */
test('a redirect leads packets to one address to the gateway that it named (rt_bind_exception)', () => {
  assert.deepEqual(wayOf(routed(hop)), [gateway, ['route']]);
  const redirected = routed(hop).put('path-mtu', node.scope, told);
  assert.deepEqual(wayOf(redirected), [named, ['route', 'path-mtu']]);
  assert.deepEqual(wayOf(redirected, ip`203.0.113.10`), [gateway, ['route']]);
});

test('an MTU that was learnt leads nowhere else', () => {
  assert.deepEqual(wayOf(routed(hop).put('path-mtu', node.scope, { ...told, via: gateway, mtu: 1300, redirected: false })), [
    gateway,
    ['route'],
  ]);
});

test('of another device it says nothing, and of one of several ways by its device nobody knows which', () => {
  assert.deepEqual(wayOf(routed(hop).put('path-mtu', node.scope, { ...told, dev: 'eth9' })), [gateway, ['route']]);
  const two = routed(hop, { ...hop, via: ip`192.168.1.2` }).put('path-mtu', node.scope, told);
  assert.match(String(wayOf(two)), /whether by this way out is not told/);
});
