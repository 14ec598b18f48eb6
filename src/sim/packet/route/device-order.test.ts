import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { ip } from '#net/ip';
import { cluster } from '#testing/world-builder';
import { deviceAddress } from './source.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const { scope, bridge, uplink } = healthy.node('A');

/**
 * Measured on Linux 6.1: `-j MASQUERADE` on lo takes the first device's address, not that of kube-ipvs0, which was added last with a
 * lower number; /proc/net/igmp6 lists kube-ipvs0 last, `ip addr` first.
 */
test('a device without an address sends from the first of another, as the kernel goes through them (inet_select_addr)', () => {
  const from = (order: readonly string[]) => {
    const built = order.reduce((now, dev) => now.put('group-membership', scope, { dev, group: ip`ff02::1` }), healthy);
    const stack = worldOf(built.facts).stack(scope);
    assert.ok(stack !== undefined);
    const source = deviceAddress(stack, 'lo', ip`203.0.113.9`);
    const told = healthy.facts.seen('address', scope);
    return source.is === 'seen' && told.is === 'seen' ? told.value.find(({ address }) => address === source.address)?.dev : undefined;
  };
  const told = healthy.facts.seen('address', scope);
  const others = told.is === 'seen' ? told.value.map(({ dev }) => dev).filter((dev) => dev !== bridge && dev !== uplink) : [];
  assert.equal(from(['lo', uplink, bridge, ...others]), uplink);
  assert.equal(from(['lo', bridge, uplink, ...others]), bridge);
});
