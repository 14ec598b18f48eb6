import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { ip } from '#net/ip';
import { forced } from '#sim/clock/choice';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import { arriving } from '../arrive.ts';
import type { Packet } from '../packet.ts';
import { Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import { FRESH } from '../state.ts';
import { walk } from '../walk.ts';

const bare = cluster({ nodes: 1, podsPerNode: 0 });
const { scope, address, bridge } = bare.node('A');
const SETTINGS = {
  'net.ipv4.conf.all.bc_forwarding': 0,
  [`net.ipv4.conf.${bridge}.bc_forwarding`]: 0,
  'net.ipv4.conf.all.route_localnet': 0,
  [`net.ipv4.conf.${bridge}.route_localnet`]: 0,
  [`net.ipv4.conf.${bridge}.drop_unicast_in_l2_multicast`]: 0,
  [`net.ipv6.conf.${bridge}.drop_unicast_in_l2_multicast`]: 0,
  [`net.ipv6.conf.${bridge}.disable_ipv6`]: 0,
  'net.ipv4.icmp_echo_ignore_all': 1,
  'net.ipv4.icmp_echo_ignore_broadcasts': 1,
};
const healthy = Object.entries(SETTINGS).reduce((built, [name, value]) => built.sysctl(scope, name, value), bare);

/** What becomes of a datagram, or of ICMP where a type is named, that comes in by the bridge in a frame for one or for all. */
function told(built: BuiltCluster, source: string, destination: string, cast: Skb['cast'], type?: number): string {
  const world = worldOf(built.facts);
  const stack = world.stack(scope);
  const link = stack?.link(bridge);
  assert.ok(stack !== undefined && link !== undefined);
  const ends = { source: ip`${source}`, destination: ip`${destination}` };
  const said =
    type === undefined
      ? ({ protocol: 'udp', sourcePort: 5555, destinationPort: 7777, icmp: null } as const)
      : ({ protocol: 'icmp', sourcePort: 0, destinationPort: 0, icmp: { type, code: 0, id: 1 } } as const);
  const packet: Packet = { ...ends, ...said, tcp: null, size: 40, df: false, ttl: 64, mark: 0 };
  const next = arriving({ stack, link }, packet);
  const run = new Run(world, forced(new Map()), FRESH);
  const { disposition, reason } = walk(run, next.stage === 'receive' ? { ...next, cast } : next);
  return `${disposition} ${reason.code}`;
}

const LOST = 'dropped UNICAST_IN_L2_MULTICAST';
const near = '10.100.54.9';
const toAll = '10.100.54.255';

/** Linux 6.18.44, by kfree_skb and counters, a frame to ff:ff:ff:ff:ff:ff: 0.0.0.0 as source is told first, a blackhole not. */
test('IPv4 looks behind the route whether one machine’s packet came for many; what is for many comes in (ip_rcv_finish_core)', () => {
  const forbids = healthy.sysctl(scope, 'net.ipv4.conf.all.drop_unicast_in_l2_multicast', 1);
  assert.equal(told(forbids, near, address, 'broadcast'), LOST);
  assert.equal(told(forbids, near, '203.0.113.1', 'multicast'), LOST);
  assert.equal(told(forbids, '0.0.0.0', address, 'broadcast'), 'dropped IP_INVALID_SOURCE');
  assert.equal(told(forbids, near, address, 'host').includes('L2_MULTICAST'), false);
  for (const all of [toAll, '255.255.255.255'])
    assert.equal(told(forbids, near, all, 'broadcast'), told(healthy, near, all, 'broadcast'), all);
});

/** Linux 6.18.44: with the device's own setting ip6_rcv_core drops it before PREROUTING counts; with `all`, or IPv4's, it comes in. */
test('IPv6 asks the device alone whether one machine’s packet came for many (ip6_rcv_core)', () => {
  const lost = (name: string) =>
    told(healthy.sysctl(scope, `net.${name}.drop_unicast_in_l2_multicast`, 1), 'fd00::9', 'fd00::1', 'broadcast');
  assert.equal(lost(`ipv6.conf.${bridge}`), LOST);
  assert.notEqual(lost('ipv6.conf.all'), LOST);
  assert.notEqual(lost(`ipv4.conf.${bridge}`), LOST);
});

/** Linux 6.18.44, by kfree_skb, sent to 224.0.0.1 and to a group that the device listens to. */
test('IPv4: sources that speak to no group are dropped (ip_mc_validate_source)', () => {
  const code = (source: string, group = '224.0.0.1') => told(healthy, source, group, 'multicast');
  assert.equal(code('127.0.0.1'), 'dropped IP_LOCALNET');
  assert.equal(code('224.0.0.9'), 'dropped IP_INVALID_SOURCE');
  assert.equal(code('255.255.255.255'), 'dropped IP_INVALID_SOURCE');
  assert.doesNotMatch(code('0.0.0.0'), /IP_INVALID_SOURCE/);
  const group = ip`239.1.2.3`;
  const joined = healthy.put('group-membership', scope, { dev: bridge, group });
  assert.equal(told(joined, '0.0.0.0', group, 'multicast'), 'dropped IP_INVALID_SOURCE');
  assert.doesNotMatch(told(joined, near, group, 'multicast'), /IP_INVALID_SOURCE/);
});

/** Linux 6.18.44, by kfree_skb: an echo and its reply to 10.9.0.255, with both settings on. */
test('IPv4: what is for all is looked at before what is for any, and only questions are taken (icmp_rcv)', () => {
  assert.equal(told(healthy, near, toAll, 'broadcast', 8), 'dropped INVALID_PROTO');
  assert.equal(told(healthy, near, toAll, 'broadcast', 0), 'dropped INVALID_PROTO');
  assert.equal(told(healthy, near, address, 'host', 0), 'delivered DELIVERED');
});

/** Linux 6.18.44: with bc_forwarding of the device alone a broadcast is taken in, with that of `all` too it is passed on. */
test('directed broadcasts are passed on where `all` and the device say so (IN_DEV_BFORWARD)', () => {
  const own = healthy.sysctl(scope, `net.ipv4.conf.${bridge}.bc_forwarding`, 1);
  assert.equal(told(own, near, toAll, 'broadcast'), told(healthy, near, toAll, 'broadcast'));
  assert.equal(told(own.sysctl(scope, 'net.ipv4.conf.all.bc_forwarding', 1), near, toAll, 'broadcast'), 'unknown NOT_MODELLED');
});
