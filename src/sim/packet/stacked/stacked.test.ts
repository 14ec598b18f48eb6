import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { plainRoute } from '#facts/route/own-routes';
import { cidrOf } from '#net/cidr';
import { type Mac, mac as station } from '#net/mac';
import type { UpperSettings } from '#facts/link/link';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import { skbOf } from '../answer.ts';
import { arrive } from '../arrive.ts';
import { exchange } from '../exchange.ts';
import { Run } from '../run.ts';
import { FRESH } from '../state.ts';
import { walk } from '../walk.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 2 });
const node = healthy.node('A');
const [one, other] = [healthy.pod('A', 0), healthy.pod('A', 1)];
const parent = worldOf(healthy.facts).stack(node.scope)?.link(node.uplink);
if (parent === undefined || typeof parent.mac !== 'string') throw new Error('no uplink');
const { index = 0, mac } = parent;

/** Both pods of a node on its uplink. */
const on = (upper: UpperSettings, second: UpperSettings = upper): BuiltCluster =>
  [one, other].reduce((built, pod, at) => {
    const settings = at === 0 ? upper : second;
    const isIpvlan = settings.kind === 'ipvlan';
    return built.change('link', pod.scope, pod.device, {
      ...{ type: settings.kind, upper: settings, peerIndex: index, peerNsid: 0, peerName: null },
      ...(isIpvlan ? { mac, noArp: settings.mode === 'l3' } : {}),
    });
  }, healthy);

const packet = {
  ...({ source: one.address, destination: other.address, protocol: 'udp', sourcePort: 40_001, destinationPort: 53 } as const),
  ...{ tcp: null, icmp: null, size: 60, df: false, ttl: 64, mark: 0 },
};

/** Where a pod's packet to its neighbour passes, and what becomes of it. */
function way(built: BuiltCluster, destination = other.address): string {
  const walk = exchange(worldOf(built.facts), { from: one.scope, packet: { ...packet, destination } }, FRESH)?.branches[0]?.result.walks[0];
  const name = (netns: string): string => (netns === '' ? 'node' : netns === one.netns ? 'one' : netns === other.netns ? 'other' : netns);
  const hops = walk?.hops.map((hop) => `${hop.in ?? ''}>${name(hop.at.netns)}>${hop.out ?? ''}`) ?? [];
  return [...hops, walk?.disposition].join(' ');
}

const macvlan = (mode: string | undefined, sources: readonly Mac[] = [], nodst = false): UpperSettings => ({
  kind: 'macvlan',
  mode,
  sources,
  nodst,
});
const ipvlan = (mode: string | undefined, flag = 'bridge'): UpperSettings => ({ kind: 'ipvlan', mode, flag });

test('what is for another macvlan in mode bridge comes in by the device below, and does not leave (macvlan_queue_xmit)', () => {
  assert.equal(way(on(macvlan('bridge'))), '>one>eth0 ens3>node> eth0>other> no listener');
});

/** The first pod knows the other's address without having asked for it. */
const known = (built: BuiltCluster): BuiltCluster =>
  built.put('neighbour', one.scope, { dev: one.device, address: other.address, mac: other.mac, state: 'permanent', proxy: false });

test('in another mode, or for one in another, it leaves by the wire, and nobody beside it hears who asks for whom', () => {
  for (const built of [on(macvlan('vepa')), on(macvlan('bridge'), macvlan('private'))]) {
    assert.equal(way(known(built)), '>one>eth0 >node>ens3 left the model');
    assert.equal(way(built), '>one> left the model');
  }
});

test('an ipvlan goes by addresses: in L2 for frames to itself, in L3 for all, private ones drop it (ipvlan_queue_xmit)', () => {
  assert.equal(way(on(ipvlan('l2'))), '>one>eth0 eth0>other> no listener');
  assert.equal(way(on(ipvlan('l3'))), '>one>eth0 eth0>other> no listener');
  assert.equal(way(on(ipvlan('l3', 'private'))), '>one>eth0 dropped');
});

test('in L3S the namespace below lets it in and routes it, and the socket is the ipvlan’s (ipvlan_l3_rcv)', () => {
  const world = worldOf(on(ipvlan('l3s')).facts);
  const stack = world.stack(node.scope);
  const link = stack?.link(node.uplink);
  if (stack === undefined || link === undefined) throw new Error('no uplink');
  const from = { ...packet, source: healthy.node('B').address, destination: other.address };
  const { disposition, at, hops } = arrive(world, { stack, link }, from, { pick: () => 0 });
  assert.deepEqual([disposition, at.netns, hops.map(({ in: device }) => device)], ['no listener', other.netns, [node.uplink, null]]);
});

test('what no ipvlan has is sent by the namespace of the device below, in L3', () => {
  assert.equal(way(on(ipvlan('l3')), healthy.node('B').address), '>one>eth0 >node>ens3 ens3>node> no listener');
});

test('what a mode does that was not told is not guessed', () => {
  assert.equal(way(on(macvlan(undefined))), '>one> unknown');
  assert.equal(way(on(ipvlan(undefined))), '>one> unknown');
});

test('nor is what another on the same device may take whose mode or addresses were not read', () => {
  assert.equal(way(known(on(macvlan('bridge'), macvlan(undefined)))), '>one> unknown');
  assert.equal(way(on(ipvlan('l3')).without('address', other.scope)), '>one> unknown');
});

test('what comes in for a device below is for one above whose mode was not told only if it has that address, as passthru has', () => {
  const ends = (built: BuiltCluster): string | undefined => {
    const from = { ...packet, source: healthy.node('B').address, destination: node.address };
    const sent = exchange(worldOf(built.facts), { from: healthy.node('B').scope, packet: from }, FRESH);
    return sent?.branches[0]?.result.walks[0]?.disposition;
  };
  assert.equal(ends(on(macvlan(undefined))), 'no listener');
  assert.equal(ends(on(macvlan(undefined)).change('link', one.scope, one.device, { mac })), 'unknown');
});

const sender = station`02:00:00:00:00:0c`;

/** Who takes a frame for this node's address that comes in by its wire for a station. */
function taken(built: BuiltCluster, to: Mac, vlan?: number): string {
  const world = worldOf(built.facts);
  const stack = world.stack(node.scope);
  const link = stack?.link(node.uplink);
  if (stack === undefined || link === undefined) throw new Error('no uplink');
  const fresh = skbOf(stack, { ...packet, source: healthy.node('B').address, destination: node.address });
  const skb = { ...fresh, in: link, frame: { from: sender, to, ...(vlan === undefined ? {} : { vlan }) } };
  const { at, reason } = walk(new Run(world, { pick: () => 0 }, FRESH), { stage: 'receive', skb, link });
  return `${at.netns === one.netns ? 'one' : 'node'} ${reason.code}`;
}

/** Measured on Linux 6.1, where a switch keeps its stations' addresses: what was for the node reached the pod, what was for the pod the pod alone. */
test('a macvlan in mode source takes what stations send that it names, and with nodst nobody else does (macvlan_forward_source)', () => {
  const named = (nodst: boolean): BuiltCluster => on(macvlan('source', [sender], nodst), macvlan('vepa'));
  assert.equal(taken(named(true), mac), 'one IP_INADDRERRORS');
  assert.equal(taken(named(true), one.mac), 'one IP_INADDRERRORS');
  assert.equal(taken(named(false), mac), 'node NO_SOCKET', 'the pod has a copy');
  assert.equal(taken(on(macvlan('source', [other.mac], true), macvlan('vepa')), one.mac), 'node OTHERHOST');
  assert.equal(taken(on({ kind: 'macvlan', mode: 'source', sources: undefined, nodst: true }, macvlan('vepa')), mac), 'node NOT_SEEN');
  assert.equal(taken(on({ kind: 'macvlan', mode: 'source', sources: [sender], nodst: undefined }, macvlan('vepa')), mac), 'node NOT_SEEN');
});

test('a macvlan in mode passthru takes all that is for one (macvlan_handle_frame)', () => {
  const through = on(macvlan('passthru')).change('link', one.scope, one.device, { mac });
  const alone = through.change('link', other.scope, other.device, { up: false });
  assert.equal(taken(alone, mac), 'one IP_INADDRERRORS');
  assert.equal(taken(alone, other.mac), 'one IP_INADDRERRORS');
});

/**
 * Measured on Linux 6.18: with a macvlan above it that is up, a bridge without the flag PROMISC shows promiscuity 1, and the macvlan hears
 * what a port's end sends to it; with the macvlan down it shows 0.
 */
test('a macvlan on a bridge hears what is for it, as the bridge is promiscuous for its sake (br_handle_frame_finish)', () => {
  const { index: bridge = 0 } = worldOf(healthy.facts).stack(node.scope)?.link(node.bridge) ?? {};
  const above = (promiscuity: number | undefined): BuiltCluster =>
    healthy
      .drop('link', node.scope, other.veth)
      .drop('fdb', node.scope, ({ mac: own }) => own === other.mac)
      .link(node.scope, node.bridge, promiscuity === undefined ? {} : { promiscuity })
      .change('link', other.scope, other.device, {
        ...{ type: 'macvlan', upper: macvlan('bridge'), peerIndex: bridge, peerNsid: 0, peerName: null },
      });
  assert.equal(way(above(1)), `>one>eth0 ${one.veth}>node> eth0>other> no listener`);
  assert.doesNotMatch(way(above(0)), /other/);
});

const eth0 = worldOf(healthy.facts).stack(one.scope)?.link(one.device);
if (eth0 === undefined) throw new Error('no device');
const onDevice = { peerIndex: undefined, peerNsid: null } as const;
const tagged = { ...eth0, ...onDevice, type: 'vlan', upper: { kind: 'vlan', id: 7, protocol: '802.1Q' } } as const;

test('a tag goes up with the frame to the macvlan that has its address, and is taken off by the VLAN above that (__netif_receive_skb_core)', () => {
  const above = on(macvlan('bridge')).put('link', one.scope, { ...tagged, name: 'v7', index: 77, peerName: one.device });
  assert.equal(taken(above, one.mac, 7), 'one IP_INADDRERRORS');
  assert.equal(taken(above, one.mac, 8), 'one OTHERHOST');
});

test('a VLAN that is down drops what has its tag, and what stands beside it gets nothing (vlan_do_receive)', () => {
  const beside = (up: boolean) =>
    on(macvlan('bridge')).put('link', node.scope, { ...tagged, ...{ name: 'v7', index: 77, peerName: node.uplink, mac, up } });
  assert.equal(taken(beside(false), one.mac, 7), 'node NOT_SPECIFIED');
  assert.equal(taken(beside(true), one.mac, 7), 'node OTHERHOST');
});

test('a VLAN above a VLAN, whose tags stand behind each other, is not known', () => {
  const inner = { ...tagged, name: 'v7', index: 77, peerName: 'eth0' } as const;
  const built = healthy
    .put('link', one.scope, inner)
    .put('link', one.scope, { ...tagged, ...{ name: 'v8', index: 78, peerName: 'v7', upper: { ...tagged.upper, id: 8 } } })
    .put('neighbour', one.scope, { dev: 'v8', address: other.address, mac: other.mac, state: 'permanent', proxy: false })
    .put('route', one.scope, plainRoute(cidrOf(other.address, 32), 'v8'));
  assert.match(way(built), /unknown$/);
});

test('VLANs above macvlans of one device hear who asks, those of another VLAN do not', () => {
  const joined = (id: number) => {
    const above = [one, other].reduce(
      (built, { scope, device, mac: own }, at) =>
        built.put('link', scope, {
          ...{ ...tagged, name: 'v7', index: 77, mac: own, peerName: device },
          upper: { ...tagged.upper, id: at === 0 ? 7 : id },
        }),
      on(macvlan('bridge')),
    );
    return above
      .put('route', one.scope, plainRoute(cidrOf(other.address, 32), 'v7'))
      .put('route', other.scope, plainRoute(cidrOf(one.address, 32), 'v7'))
      .sysctl(other.scope, 'net.ipv4.conf.v7.arp_ignore', 0)
      .sysctl(other.scope, 'net.ipv4.conf.v7.arp_filter', 0)
      .sysctl(other.scope, 'net.ipv4.conf.v7.rp_filter', 0);
  };
  assert.equal(way(joined(7)), '>one>eth0 ens3>node> eth0>other> no listener');
  assert.equal(way(joined(8)), '>one> left the model');
});
