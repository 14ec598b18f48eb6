import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { plainRoute } from '#facts/route/own-routes';
import { PLAIN_RULE } from '#testing/built/plain-rule';
import { cidr } from '#net/cidr';
import { ip } from '#net/ip';
import { dualStack } from '#testing/built/dual-stack';
import { cluster } from '#testing/world-builder';
import { packetOf } from '../trace.ts';
import type { NftContext } from './context.ts';
import { readFib } from './read-fib.ts';
import { one } from './value.ts';

const bare = cluster({ nodes: 1, podsPerNode: 1 });
const { scope, address } = bare.pod('A');
const facts = dualStack(bare);

/** What `fib daddr type` reads, as a number of enum rtn_type. */
function typeOf(to: string, flags: readonly string[] = ['daddr'], without: Partial<NftContext['stack']> = {}): unknown {
  const world = worldOf(facts);
  const stack = world.stack(scope);
  assert.ok(stack !== undefined);
  for (const [name, value] of Object.entries(without)) Object.defineProperty(stack, name, { value });
  const packet = packetOf(world, { from: scope, to: ip`${to}`, protocol: 'udp', port: 53 });
  const context = { stack, packet, family: 6, hook: 'output', in: null, out: stack.link('eth0') ?? null } as unknown as NftContext;
  return readFib(context, flags, 'type');
}

/** Linux 6.18, by hand: of two datagrams `fib daddr type unicast` counted the one to 2001:db8::7, `unspec` the one to ::ffff:192.0.2.1. */
test('an address of IPv4 inside IPv6 is of no type (__nft_fib6_eval_type, __ipv6_addr_type)', () => {
  assert.deepEqual(typeOf('2001:db8::7'), one(1));
  assert.deepEqual(typeOf('::ffff:c000:201'), one(0));
});

test('whether a device has an address is not known where no address was read', () => {
  const gap = { of: 'address', scope, why: 'not collected', detail: 'none' } as const;
  assert.deepEqual(typeOf('2001:db8::7', ['daddr', 'oif']), one(1));
  assert.deepEqual(typeOf('2001:db8::7', ['daddr', 'oif'], { addresses: { is: 'gap', gap } }), { gap });
});

test('an address that is never looked up is of its own type whatever main has, another one is not known where main may be asked too (__inet_dev_addr_type)', () => {
  const own = bare.put('route', scope, plainRoute(cidr`10.96.0.10/32`, 'lo', { type: 'local' }));
  const typeOf4 = (to: string): unknown => {
    const world = worldOf(own.facts);
    const stack = world.stack(scope);
    assert.ok(stack !== undefined);
    const packet = packetOf(world, { from: scope, to: ip`${to}`, protocol: 'udp', port: 53 });
    const context = { stack, packet, family: 4, hook: 'output', in: null, out: stack.link('eth0') ?? null } as unknown as NftContext;
    return readFib(context, ['daddr'], 'type');
  };
  assert.deepEqual(['255.255.255.255', '0.0.0.0', '224.0.0.1', '192.0.2.7', address].map(typeOf4), [3, 3, 5, 1, 2].map(one));
  assert.match(JSON.stringify(typeOf4('10.96.0.10')), /ever changed is not told/);
});

/** Linux 6.18, scene nft:ds1.52+talk@1: `fib saddr . iif oif missing` held for what went by lo behind `tproxy`, and for nothing else there. */
test('what comes by lo is not asked of the routes, unless it was given to a socket (nft_fib_can_skip)', () => {
  const socket = (remote: unknown, isFull = true) => ({ socket: { remote }, met: { isFull } });
  const deviceOf = (diverted: unknown, kernel = '6.18.1'): unknown => {
    const world = worldOf(facts);
    const stack = world.stack(scope);
    assert.ok(stack !== undefined);
    Object.defineProperty(stack, 'kernel', { value: kernel, configurable: true });
    const packet = packetOf(world, { from: scope, to: address, protocol: 'udp', port: 53 });
    const context = { stack, packet, family: 4, hook: 'prerouting', in: stack.link('lo'), out: null, diverted } as unknown as NftContext;
    return readFib(context, ['saddr', 'iif'], 'check');
  };
  assert.deepEqual(deviceOf(null), one(1));
  assert.deepEqual(deviceOf(socket(null)), one(0), 'its socket had no packet, and its own address is no way');
  assert.deepEqual(deviceOf(socket(null, false)), one(1), 'a request is not looked at');
  assert.match(JSON.stringify(deviceOf(socket({ port: 7 }))), /is not told/);
  assert.match(JSON.stringify(deviceOf(socket(null), '6.1.0')), /patches of this kernel/);
});

/** What `fib` finds for a datagram between two addresses on its way through the pod's namespace, whose devices are eth0 and eth1. */
function found(flags: readonly string[], source: string, destination: string, more: object = {}, start = bare): unknown {
  const family = source.includes(':') ? 6 : 4;
  const routes = [
    plainRoute(cidr`fe80::/64`, 'eth0', { metric: 256 }),
    plainRoute(cidr`fe80::/64`, 'eth1', { metric: 256 }),
    plainRoute(cidr`ff00::/8`, 'eth1', { type: 'multicast', table: 'local', metric: 256 }),
    plainRoute(cidr`192.0.2.0/24`, 'eth1', {}),
    plainRoute(cidr`192.0.2.255/32`, 'eth1', { type: 'broadcast', table: 'local' }),
  ];
  const built = routes.reduce((now, route) => now.put('route', scope, route), start);
  const world = worldOf(family === 6 ? dualStack(built) : built.facts);
  const stack = world.stack(scope);
  assert.ok(stack !== undefined);
  const eth0 = stack.link('eth0');
  assert.ok(eth0 !== undefined);
  const eth1 = { ...eth0, name: 'eth1' };
  const link = stack.link.bind(stack);
  Object.defineProperty(stack, 'link', { value: (name: string) => (name === 'eth1' ? eth1 : link(name)) });
  const packet = { source, destination, protocol: 'udp', icmp: null, sourcePort: 1, destinationPort: 2, mark: 0 };
  const context = { stack, packet, family, hook: 'prerouting', in: eth1, out: null, diverted: null, ...more } as unknown as NftContext;
  return readFib(context, flags, 'oifname');
}

/** Linux 6.18, by hand: of two devices with fe80::/64, `fib saddr oifname e1` and `fib saddr . iif oif exists` counted what came by e1. */
test('an address of a link is asked for on the link that the packet is at (nft_fib6_flowi_init)', () => {
  assert.deepEqual(found(['saddr', 'iif'], 'fe80::7', 'fe80::8'), one('eth1'));
  assert.deepEqual(found(['saddr'], 'fe80::7', 'fe80::8'), one('eth1'));
});

/** Linux 6.18, by hand: `fib daddr oifname e0` counted a datagram to 10.9.0.255; `fib saddr oif missing` one from nobody to 239.1.1.1, but none to 224.0.0.9; `fib daddr oif e1` one to ff02::5 by e1. */
test('a broadcast has a device, a group of IPv6 too; nobody has one only for what never leaves the link (nft_fib4_eval, nft_fib6_eval)', () => {
  assert.deepEqual(found(['daddr'], '192.0.2.1', '192.0.2.255'), one('eth1'));
  assert.deepEqual(found(['daddr'], '2001:db8::1', 'ff02::5'), one('eth1'));
  assert.deepEqual(found(['saddr'], '0.0.0.0', '224.0.0.9'), one('eth1'));
  assert.notDeepEqual(found(['saddr'], '0.0.0.0', '239.1.1.1'), one('eth1'));
});

/** Linux 6.18, by hand: with `ip rule add iif e1 … blackhole`, e1 being the way out, `fib saddr . iif oif missing` counted in `forward`, and `fib saddr oif exists` too. */
test('on the way through, an answer is looked up as if it came in where the packet leaves (nft_fib4_eval)', () => {
  const ruled = bare.put('rule', scope, { ...PLAIN_RULE, priority: 5, iif: 'eth9', action: { does: 'blackhole' } });
  const through = { hook: 'forward', out: { name: 'eth9' } };
  const asked = (flags: readonly string[]) => found(flags, '192.0.2.7', '198.51.100.1', through, ruled);
  assert.deepEqual([asked(['saddr', 'iif']), asked(['saddr'])], [one(''), one('eth1')]);
});
