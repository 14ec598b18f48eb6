import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { plainRoute } from '#facts/route/own-routes';
import { cidr } from '#net/cidr';
import { ip } from '#net/ip';
import { PLAIN_RULE } from '#testing/built/plain-rule';
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

/** Linux 6.18, scene route:1b4c13eb.117: `--src-type LOCAL` of an error from 10.96.0.10, which was a local route of main, and no rule had been added. */
test('what main has as local is so to those that ask, unless the rules were ever changed (__inet_dev_addr_type, fib_trie_table)', () => {
  const own = healthy.put('route', scope, plainRoute(cidr`10.96.0.10/32`, 'lo', { type: 'local' }));
  const ask = (built: typeof own, asked: string, device: string | null = null): unknown => {
    const stack = worldOf(built.facts).stack(scope);
    assert.ok(stack !== undefined);
    return addressType4(stack, ip`${asked}`, device);
  };
  assert.match(JSON.stringify(ask(own, '10.96.0.10')), /ever changed is not told/);
  assert.match(JSON.stringify(ask(own.without('rule', scope), '10.96.0.10')), /ever changed is not told/);
  assert.equal(ask(own, '10.96.0.11'), 'UNICAST');
  assert.match(JSON.stringify(ask(own, '10.96.0.10', 'lo')), /ever changed is not told/);
  assert.equal(ask(own, '10.96.0.10', 'eth0'), 'UNICAST', 'neither table has it on that device');
  const many = healthy.put('route', scope, plainRoute(cidr`10.96.0.12/32`, 'eth0', { type: 'broadcast' }));
  assert.match(JSON.stringify(ask(many, '10.96.0.12')), /ever changed is not told/);
  assert.equal(ask(own, address), 'LOCAL');
  const ruled = own.put('rule', scope, { ...PLAIN_RULE, priority: 100, action: { does: 'lookup', table: '100' } });
  assert.equal(ask(ruled, '10.96.0.10'), 'UNICAST');
});
