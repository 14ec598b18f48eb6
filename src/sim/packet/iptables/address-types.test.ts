import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { ip } from '#net/ip';
import { cluster } from '#testing/world-builder';
import { addressType4 } from './address-types.ts';

const healthy = cluster({ nodes: 1, podsPerNode: 1 });
const { scope, address } = healthy.pod('A');

const typeOf = (asked: string, device: string | null = null): unknown => {
  const stack = worldOf(healthy.facts).stack(scope);
  assert.ok(stack !== undefined);
  return addressType4(stack, ip`${asked}`, device);
};

// Linux 6.18.44: a SYN from 0.1.2.3 passed `-m addrtype ! --src-type UNICAST -j DROP` in PREROUTING, a datagram from there
// `-m addrtype --src-type BROADCAST -j DROP` in INPUT.
test('of network 0 only its first address is a broadcast (__inet_dev_addr_type, ipv4_is_zeronet)', () => {
  assert.equal(typeOf('0.0.0.0'), 'BROADCAST');
  assert.equal(typeOf('255.255.255.255'), 'BROADCAST');
  assert.equal(typeOf('0.1.2.3'), 'UNICAST');
  assert.equal(typeOf('224.0.0.1'), 'MULTICAST');
});

test('an own address is local, asked of its device too, and of another device one of many (__inet_dev_addr_type)', () => {
  assert.equal(typeOf(address), 'LOCAL');
  assert.equal(typeOf(address, 'eth0'), 'LOCAL');
  assert.equal(typeOf(address, 'lo'), 'UNICAST');
});
