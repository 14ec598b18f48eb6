import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { ip } from '#net/ip';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import { forced } from '#sim/clock/choice';
import { arrive } from '../arrive.ts';
import type { Walk } from '../outcome.ts';
import type { Packet } from '../packet.ts';

const bare = cluster({ nodes: 2, podsPerNode: 1 });
const { scope, address } = bare.node('A');
const healthy = bare.sysctl(scope, 'net.ipv6.conf.ens3.disable_ipv6', 0);
const sender = '203.0.113.9';

/** What becomes of a packet between two addresses that comes in by the node's own device. */
function arrived(source: string, destination: string, built: BuiltCluster = healthy, device = 'ens3'): Walk {
  const world = worldOf(built.facts);
  const stack = world.stack(scope);
  const link = stack?.link(device);
  assert.ok(stack !== undefined && link !== undefined);
  const four = !source.includes(':');
  const packet: Packet = {
    source: ip`${source}`,
    destination: ip`${destination}`,
    protocol: four ? 'icmp' : 'icmpv6',
    sourcePort: 0,
    destinationPort: 0,
    tcp: null,
    icmp: { type: four ? 8 : 128, code: 0, id: 1 },
    size: 84,
    df: false,
    ttl: 64,
    mark: 0,
  };
  return arrive(world, { stack, link }, packet, forced(new Map()));
}

function told(...asked: Parameters<typeof arrived>): string {
  const { disposition, reason } = arrived(...asked);
  return `${disposition} ${reason.code}`;
}

test('IPv4: sources and destinations that name no machine are dropped (ip_route_input_slow)', () => {
  assert.equal(told('224.0.0.5', address), 'dropped IP_INVALID_SOURCE');
  assert.equal(told('255.255.255.255', address), 'dropped IP_INVALID_SOURCE');
  assert.equal(told('0.0.0.0', address), 'dropped IP_INVALID_SOURCE');
  assert.equal(told(sender, '0.0.0.0'), 'dropped IP_INVALID_DEST');
  // measured on Linux 6.18: others of network 0 are machines' (ipv4_is_zeronet)
  assert.doesNotMatch(told('0.1.2.3', address), /IP_INVALID_SOURCE/);
  assert.doesNotMatch(told(sender, '0.1.2.3'), /IP_INVALID_DEST/);
});

// Linux 6.18.44, 10.1.0.1/24, rp_filter 1, no way back to 0.1.2.3 by that device: a datagram from 0.1.2.3 to 10.1.0.255 counts in IPReversePathFilter.
test('IPv4: what network 0 sends to all has its source checked as any (ip_route_input_slow, brd_input)', () => {
  const quiet = healthy.sysctl(scope, 'net.ipv4.conf.all.bc_forwarding', 0).sysctl(scope, 'net.ipv4.conf.cni0.bc_forwarding', 0);
  const sent = (mode: number) => told('0.1.2.3', '10.100.54.255', quiet.sysctl(scope, 'net.ipv4.conf.cni0.rp_filter', mode), 'cni0');
  assert.equal(sent(1), 'dropped IP_RPFILTER');
  assert.doesNotMatch(sent(0), /IP_RPFILTER/);
});

test('IPv4: loopback addresses come in only where route_localnet lets them (IN_DEV_NET_ROUTE_LOCALNET)', () => {
  const off = healthy.sysctl(scope, 'net.ipv4.conf.all.route_localnet', 0).sysctl(scope, 'net.ipv4.conf.ens3.route_localnet', 0);
  assert.equal(told(sender, '127.0.0.1', off), 'dropped IP_LOCALNET');
  assert.equal(told('127.0.0.1', address, off), 'dropped IP_LOCALNET');
  const on = off.sysctl(scope, 'net.ipv4.conf.ens3.route_localnet', 1);
  assert.notEqual(told(sender, '127.0.0.1', on), 'dropped IP_LOCALNET');
});

test('what lets a loopback address or an own one in is cited (fib_validate_source)', () => {
  const cites = (outcome: Walk, name: string): boolean =>
    outcome.hops.some(({ steps }) => steps.some(({ by }) => by.some(({ kind, key }) => kind === 'sysctl' && key.endsWith(name))));
  const open = ['accept_local', 'route_localnet'].reduce((now, name) => now.sysctl(scope, `net.ipv4.conf.ens3.${name}`, 1), healthy);
  assert.ok(cites(arrived(sender, '127.0.0.1', open), 'ens3.route_localnet'));
  assert.ok(cites(arrived(address, address, open), 'ens3.accept_local'));
  assert.ok(!cites(arrived(sender, address, open), 'ens3.accept_local'));
});

test('IPv6: loopback from outside, groups as sources and groups of no reach are dropped (ip6_rcv_core)', () => {
  assert.equal(told('::1', '2001:db8::1'), 'dropped IP_INHDR');
  assert.equal(told('2001:db8::9', '::1'), 'dropped IP_INHDR');
  assert.equal(told('ff02::1', '2001:db8::1'), 'dropped IP_INHDR');
  // measured on Linux 6.18: who writes IPv4 as IPv6 is let in
  assert.doesNotMatch(told('::ffff:c000:201', '2001:db8::1'), /IP_INHDR/);
  assert.equal(told('2001:db8::9', 'ff00::1'), 'dropped IP_INHDR');
  assert.equal(told('2001:db8::9', 'ff01::1'), 'dropped IP_INHDR');
});
