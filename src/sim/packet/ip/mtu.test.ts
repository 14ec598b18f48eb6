import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { enumerate, forced } from '#sim/clock/choice';
import { type Ip, ip } from '#net/ip';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import { Run } from '../run.ts';
import { exchange } from '../exchange.ts';
import { send } from '../send.ts';
import { FRESH, type State } from '../state.ts';
import { packetOf } from '../trace.ts';
import { mtuOf } from './mtu.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const [client, server] = [healthy.pod('B'), healthy.pod('A')];
const A = healthy.node('A');
const B = healthy.node('B');

/** A datagram of 1400 bytes that must not be cut: how it ends, on which machine, and what it leaves behind. */
function sent(built: BuiltCluster, state: State = FRESH) {
  const world = worldOf(built.facts);
  const packet = packetOf(world, { from: client.scope, to: server.address, protocol: 'udp', port: 9, sport: 40_001 });
  const outcome = send(world, client.scope, { ...packet, size: 1400, df: true }, state, forced(new Map()), 0);
  const { disposition, at, reason } = outcome;
  return { disposition, at: `${at.node}/${at.netns === '' ? '' : 'pod'}`, cites: reason.by.map(({ kind }) => kind), state: outcome.state };
}

const told = (mtu: number) => ({ to: server.address, dev: null, via: null, mtu, redirected: false, locked: false, expiresSeconds: 500 });

test('a sender keeps what a router told it, and then sends nothing larger (ipv4_update_pmtu)', () => {
  const small = healthy.link(A.scope, A.bridge, { mtu: 1300 });
  const first = sent(small);
  assert.deepEqual([first.disposition, first.at], ['too big', 'A/']);
  const second = sent(small, first.state);
  assert.deepEqual([second.disposition, second.at], ['too big', 'B/pod']);
});

test('an exception that was captured holds for its sender and is cited (find_exception)', () => {
  const known = sent(healthy.put('path-mtu', client.scope, told(1300)));
  assert.deepEqual([known.disposition, known.at, known.cites], ['too big', 'B/pod', ['path-mtu']]);
  assert.notEqual(sent(healthy.put('path-mtu', client.scope, told(1420))).disposition, 'too big');
});

test('a router heeds its exceptions only with ip_forward_use_pmtu (ip_dst_mtu_maybe_forward)', () => {
  const known = healthy.put('path-mtu', B.scope, told(1300));
  assert.notEqual(sent(known).disposition, 'too big');
  const heeding = sent(known.sysctl(B.scope, 'net.ipv4.ip_forward_use_pmtu', 1));
  assert.deepEqual([heeding.disposition, heeding.at, heeding.cites], ['too big', 'B/', ['path-mtu']]);
});

test('a locked MTU of a route is not lowered by what paths tell (RTAX_MTU lock)', () => {
  const locked = healthy
    .put('path-mtu', client.scope, told(1300))
    .change('route', client.scope, ({ type }) => type === 'unicast', { mtu: 1450, mtuLocked: true });
  assert.notEqual(sent(locked).disposition, 'too big');
});

/** Measured on Linux 6.18: a raw IPv6 packet of 1140 bytes on a route with `mtu 1000` is answered on lo by "too big, mtu 1000". */
test('what a raw socket sends is looked at behind the last hook, and its sender told by a packet (ip_fragment)', () => {
  const world = worldOf(healthy.put('path-mtu', client.scope, told(1300)).facts);
  const packet = { ...packetOf(world, { from: client.scope, to: server.address, protocol: 'udp', port: 9 }), size: 1400, df: true };
  const walks = (socket: 'raw' | 'ordinary') =>
    exchange(world, { from: client.scope, packet, socket }, FRESH)?.branches[0]?.result.walks.map(({ reason, packet: { icmp } }) => [
      reason.code,
      icmp?.mtu,
    ]);
  assert.deepEqual(walks('ordinary'), [['PKT_TOO_BIG', undefined]]);
  assert.deepEqual(walks('raw'), [
    ['NOT_SPECIFIED', undefined],
    ['DELIVERED', 1300],
  ]);
});

/** Measured on Linux 6.18: sendto() of 1281 bytes by a device of 1280 fails with EMSGSIZE, with and without DF, and INPUT on lo counts nothing. */
test('what does not fit the device itself a raw socket is told by its system call alone (raw_send_hdrinc, rawv6_send_hdrinc)', () => {
  const world = worldOf(healthy.link(client.scope, 'eth0', { mtu: 1300 }).facts);
  const asked = packetOf(world, { from: client.scope, to: server.address, protocol: 'udp', port: 9 });
  const codes = (size: number, df: boolean) =>
    exchange(world, { from: client.scope, packet: { ...asked, size, df }, socket: 'raw' }, FRESH)?.branches[0]?.result.walks.map(
      ({ reason }) => reason.code,
    );
  assert.deepEqual([codes(1301, true), codes(1301, false)], [['PKT_TOO_BIG'], ['PKT_TOO_BIG']]);
  assert.notEqual(codes(1300, false)?.[0], 'PKT_TOO_BIG');
});

/** Measured on Linux 6.18: a route with `mtu 1000` cuts datagrams of 1001 bytes, and an ICMP "too big, mtu 1000" tells routers' senders. */
test("IPv6's smallest MTU bounds what a router measures first, not the MTU that a route names (ip6_forward, ip6_fragment)", () => {
  const world = worldOf(healthy.facts);
  const [stack, route] = [world.stack(A.scope), healthy.facts.partition('route', A.scope)?.facts.find(({ hops }) => hops.length > 0)];
  const [hop] = route?.hops ?? [];
  assert.ok(stack !== undefined && route !== undefined && hop !== undefined);
  const dev = A.uplink;
  const path = { does: 'send', dev, via: null, onlink: false, route, hop, source: null, mtu: 1000, by: [] } as const;
  const run = new Run(world, forced(new Map()), FRESH);
  assert.equal(mtuOf(run, stack, path, ip`fd00::1`)?.value, 1000);
  assert.equal(mtuOf(run, stack, path, ip`fd00::1`, true)?.value, stack.link(dev)?.mtu);
  assert.equal(mtuOf(run, stack, { ...path, route: { ...route, mtuLocked: true } }, ip`fd00::1`, true)?.value, 1280);
});

/** Measured on Linux 6.18: by a gateway with a permanent entry an exception of 599 seconds was gone after 30, by one that says `router` it was not. */
test('what IPv6 learnt of a path by a gateway may be forgotten with the next purge (rt6_age_examine_exception)', () => {
  const far = ip`2001:db8::7`;
  const captured = { ...told(1300), to: far };
  const knows = (seconds: number, via: Ip | null, built: BuiltCluster, learntAt?: number) => {
    const world = worldOf(built.facts);
    const [stack, route] = [world.stack(A.scope), built.facts.partition('route', A.scope)?.facts.find(({ hops }) => hops.length > 0)];
    const [hop] = route?.hops ?? [];
    assert.ok(stack !== undefined && route !== undefined && hop !== undefined);
    const path = { does: 'send', dev: A.uplink, via, onlink: false, route, hop, source: null, mtu: null, by: [] } as const;
    const before = new Run(world, forced(new Map()), FRESH, (learntAt ?? 0) * 1000);
    if (learntAt !== undefined) before.learnMtu(stack, far, 1300);
    const { branches } = enumerate((chooser) => mtuOf(new Run(world, chooser, before.after(), seconds * 1000), stack, path, far)?.value);
    return branches.map(({ result }) => result);
  };
  const gateway = ip`fd00::1`;
  const had = healthy.put('path-mtu', A.scope, captured);
  const none = healthy.put('path-mtu', A.scope, told(1300));
  const own = knows(0, gateway, healthy)[0];
  assert.deepEqual(knows(0, gateway, had), [1300]);
  assert.deepEqual(knows(1, gateway, had), [1300, own], 'a purge may be due at once');
  assert.deepEqual(knows(100, null, had), [1300], 'no gateway was asked');
  assert.deepEqual(knows(33, gateway, none, 5), [1300], 'of IPv4 nothing is purged');
  assert.deepEqual(knows(35, gateway, none, 5), [1300, own]);
  assert.deepEqual(knows(6, gateway, had, 5), [1300, own], 'the purges have begun before');
});
