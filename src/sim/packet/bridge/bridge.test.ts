import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { ip } from '#net/ip';
import { forced } from '#sim/clock/choice';
import { withNft } from '#testing/nft-text';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import { skbOf } from '../answer.ts';
import type { Outcome } from '../outcome.ts';
import { Run } from '../run.ts';
import { send } from '../send.ts';
import { FRESH } from '../state.ts';
import { packetOf } from '../trace.ts';
import { find, learn } from './fdb.ts';
import { bridgedPostrouting } from './netfilter.ts';

const healthy = cluster();
const D = healthy.node('D');
const [one, two] = [healthy.pod('D', 0), healthy.pod('D', 1)];
const behindTwo = ({ mac }: { readonly mac: string }): boolean => mac === two.mac;

function sent(built: BuiltCluster, from = one.scope, to = two.address): Outcome {
  const world = worldOf(built.facts);
  const packet = packetOf(world, { from, to, protocol: 'udp', port: 9, sport: 40001 });
  return send(world, from, packet, FRESH, forced(new Map()), 0);
}
const tracked = ({ state }: Outcome): boolean => [...state.connections].some(([place]) => place === 'D\0');

test("a frame for an address that is said to be the port's own goes up, is not for this station, and its connection is kept (br_nf_local_in)", () => {
  const own = healthy.change('fdb', D.scope, behindTwo, { local: true, state: 'permanent' });
  const outcome = sent(own);
  assert.equal(outcome.reason.code, 'OTHERHOST');
  assert.ok(tracked(outcome));
  const unseen = sent(own.sysctl(D.scope, 'net.bridge.bridge-nf-call-iptables', 0));
  assert.equal(unseen.reason.code, 'OTHERHOST');
  assert.ok(!tracked(unseen));
});

test('what a chain of the bridge drops behind iptables is never in the connection table (br_nf_post_routing)', () => {
  const chain = (hook: string): string =>
    `table bridge t {\nchain c {\ntype filter hook ${hook} priority 100; policy accept;\nether type ip counter drop\n}\n}\n`;
  assert.ok(tracked(sent(healthy)));
  for (const hook of ['forward', 'postrouting']) {
    const outcome = sent(withNft(healthy, D.scope, chain(hook)));
    assert.deepEqual([hook, outcome.reason.code, tracked(outcome)], [hook, 'NETFILTER_DROP', false]);
    assert.ok(outcome.hops.at(-1)?.steps.every(({ says }) => !says.includes('POSTROUTING')));
  }
});

/** Measured on Linux 6.1: `ether type ip udp dport 443` on a bridge's output counts each datagram that the machine itself sends by it. */
test('what this machine sends by a bridge has the header of its frame in the chains of the bridge (br_dev_xmit)', () => {
  for (const hook of ['output', 'postrouting']) {
    const rule = `type filter hook ${hook} priority 0; policy accept;\nether type ip counter drop`;
    const outcome = sent(withNft(healthy, D.scope, `table bridge t {\nchain c {\n${rule}\n}\n}\n`), D.scope);
    assert.deepEqual([hook, outcome.reason.code], [hook, 'NETFILTER_DROP']);
  }
});

test("a frame for the bridge that DNAT gives to a port's own address goes up as it came, and is routed on (br_nf_pre_routing_finish_bridge)", () => {
  const own = healthy
    .change('fdb', D.scope, behindTwo, { local: true, state: 'permanent' })
    .rule(D.scope, 'nat', `-A PREROUTING -d 198.51.100.7 -j DNAT --to-destination ${two.address}`, 0);
  const outcome = sent(own, one.scope, ip`198.51.100.7`);
  assert.deepEqual([outcome.disposition, outcome.at.netns], ['no listener', two.scope.netns]);
});

test('what dies on the bridge after this machine sent it by the bridge has left by the bridge (xmit_one)', () => {
  const learning = healthy
    .put('neighbour', D.scope, { dev: D.bridge, address: two.address, mac: two.mac, state: 'permanent', proxy: false })
    .link(D.scope, two.veth, { port: { ...portOf(two.veth), state: 'learning' } });
  const outcome = sent(learning, D.scope);
  assert.equal(outcome.disposition, 'dropped');
  assert.deepEqual(
    outcome.hops.map(({ out }) => out),
    [D.bridge],
  );
});

function portOf(name: string) {
  const port = worldOf(healthy.facts).stack(D.scope)?.link(name)?.port;
  assert.ok(port != null);
  return port;
}

test('a port that keeps a frame back, or gives it back, is cited (br_flood, should_deliver)', () => {
  const unknown = healthy.change('fdb', D.scope, behindTwo, { dev: 'gone' });
  const links = worldOf(healthy.facts).stack(D.scope)?.links;
  assert.ok(links?.is === 'seen');
  const ports = links.table.ports.get(D.bridge) ?? [];
  const silent = ports.reduce((now, { name }) => now.link(D.scope, name, { port: { ...portOf(name), flood: false } }), unknown);
  const cites = ({ reason, hops }: Outcome, name: string): boolean =>
    [...reason.by, ...hops.flatMap(({ steps }) => steps.flatMap(({ by }) => by))].some(({ kind, key }) => kind === 'link' && key === name);
  assert.equal(sent(unknown).at.netns, two.scope.netns);
  assert.equal(sent(silent).reason.code, 'NO_TX_TARGET');
  assert.ok(cites(sent(silent), two.veth));
  const behind = healthy.change('fdb', D.scope, behindTwo, { dev: one.veth });
  const back = sent(behind.link(D.scope, one.veth, { port: { ...portOf(one.veth), hairpin: true } }));
  assert.deepEqual([back.reason.code, back.at.netns], ['OTHERHOST', one.scope.netns]);
  assert.ok(cites(back, one.veth));
});

test('whether a port gives a frame back is unknown where the listing did not tell it (should_deliver)', () => {
  const behind = healthy.change('fdb', D.scope, behindTwo, { dev: one.veth });
  const told = (hairpin: boolean | undefined) => sent(behind.link(D.scope, one.veth, { port: { ...portOf(one.veth), hairpin } }));
  assert.equal(told(false).disposition, 'dropped');
  const { disposition, reason } = told(undefined);
  assert.deepEqual([disposition, reason.gap?.capture], ['unknown', 'bridge -d link show']);
});

test('two bridges that are joined twice send a frame round and round, and the circle is told (__dev_queue_xmit)', () => {
  const pair = (index: number, ends: readonly [string, string], masters: readonly [string, string]) =>
    ends.map((name, end) => ({
      ...linkOf(one.veth),
      name,
      index: index + end,
      peerIndex: index + 1 - end,
      peerNsid: null,
      peerName: ends[1 - end] ?? null,
      master: masters[end] ?? null,
    }));
  const links = [
    { ...linkOf(D.bridge), name: 'br1', index: 90 },
    ...pair(91, ['x0', 'x1'], [D.bridge, 'br1']),
    ...pair(93, ['y0', 'y1'], [D.bridge, 'br1']),
  ];
  const joined = links.reduce((now, link) => now.put('link', D.scope, link), healthy);
  const known = { ...entry(), state: 'static', local: false } as const;
  const outcome = sent(
    joined.change('fdb', D.scope, behindTwo, { dev: 'x0', state: 'static' }).put('fdb', D.scope, { ...known, dev: 'y1', master: 'br1' }),
  );
  assert.equal(outcome.disposition, 'looped');
  assert.match(outcome.reason.says, /: D (x1 → D y0 → D x1|y0 → D x1 → D y0)$/);
  assert.ok(outcome.reason.by.some(({ kind, key }) => kind === 'fdb' && key.includes('y1')));
});

function linkOf(name: string) {
  const link = worldOf(healthy.facts).stack(D.scope)?.link(name);
  assert.ok(link !== undefined);
  return link;
}

function entry() {
  const found = healthy.facts.partition('fdb', D.scope)?.facts.find(behindTwo);
  assert.ok(found !== undefined);
  return found;
}

/** Measured on Linux 6.1 with bridge-nf-call-iptables: PREROUTING counts what comes in without a tag and leaves with one, FORWARD and POSTROUTING do only where bridge-nf-filter-vlan-tagged is 1. */
test('iptables sees no frame that has the tag of a VLAN, unless that was asked for (is_vlan_ip)', () => {
  const bridge = worldOf(healthy.facts).stack(D.scope)?.link(D.bridge)?.bridge;
  assert.ok(bridge != null);
  const member = (dev: string, untagged: boolean) => ({ dev, first: 7, last: 7, pvid: true, untagged });
  const told = (untagged: boolean, asked: 0 | 1): boolean =>
    tracked(
      sent(
        healthy
          .link(D.scope, D.bridge, { bridge: { ...bridge, vlanFiltering: true } })
          .change('fdb', D.scope, behindTwo, { vlan: 7 })
          // nobody would hear who asks for whom
          .put('neighbour', one.scope, { dev: one.device, address: two.address, mac: two.mac, state: 'permanent', proxy: false })
          .put('bridge-vlan', D.scope, member(one.veth, true))
          .put('bridge-vlan', D.scope, member(two.veth, untagged))
          .sysctl(D.scope, 'net.bridge.bridge-nf-filter-vlan-tagged', asked),
      ),
    );
  assert.deepEqual([told(true, 0), told(false, 0), told(false, 1)], [true, false, true]);
});

/**
 * Measured on Linux 6.18, a port of MTU 1400: with bridge-nf-call-iptables 1405 bytes of IPv4 leave in pieces where the bridge has 1400 too, and
 * nothing does where it has 1500; 1402 bytes with DF, or of IPv6, are lost by either: of IPv6 the sender is told where the bridge has 1400 too
 * and a way to it. Without bridge-nf 1404 bytes pass whole, and 1405 are lost.
 */
test('bridge-nf cuts what does not fit a port by the MTU of the bridge, unless DF forbids it (br_nf_dev_queue_xmit)', () => {
  const narrow = healthy
    .link(D.scope, two.veth, { mtu: 1400 })
    .put('neighbour', one.scope, { dev: one.device, address: two.address, mac: two.mac, state: 'permanent', proxy: false });
  const arrives = (size: number, df: boolean, mtu: number, calls: 0 | 1, base = narrow): boolean => {
    const built = base.link(D.scope, D.bridge, { mtu }).sysctl(D.scope, 'net.bridge.bridge-nf-call-iptables', calls);
    const world = worldOf(built.facts);
    const packet = { ...packetOf(world, { from: one.scope, to: two.address, protocol: 'udp', port: 9, sport: 40001 }), size, df };
    return send(world, one.scope, packet, FRESH, forced(new Map()), 0).at.netns === two.scope.netns;
  };
  assert.deepEqual([arrives(1405, false, 1400, 1), arrives(1405, false, 1500, 1), arrives(1404, false, 1500, 1)], [true, false, true]);
  assert.deepEqual([arrives(1402, true, 1400, 1), arrives(1402, true, 1500, 1), arrives(1400, true, 1400, 1)], [false, false, true]);
  assert.deepEqual([arrives(1404, true, 1400, 0), arrives(1405, false, 1400, 0)], [true, false]);
  const rules = narrow.facts.partition('iptables', D.scope) ?? assert.fail('it has rules');
  const bare = narrow.replace({ ...rules, facts: [] });
  assert.deepEqual([arrives(1405, false, 1400, 1, bare), arrives(1405, false, 1400, 0, bare)], [true, false], 'without any rule too');
  assert.deepEqual([left6(1400, 1400), left6(1402, 1400), left6(1402, 1500)], ['it leaves', 1400, undefined]);
});

/** Whether IPv6 that iptables saw leaves by a port of MTU 1400, or the MTU that its sender is told. */
function left6(size: number, mtu: number): 'it leaves' | number | undefined {
  const world = worldOf(healthy.link(D.scope, two.veth, { mtu: 1400 }).link(D.scope, D.bridge, { mtu }).facts);
  const stack = world.stack(D.scope);
  const [bridge, physIn, physOut] = [D.bridge, one.veth, two.veth].map((name) => stack?.link(name));
  assert.ok(stack !== undefined && bridge !== undefined && physIn !== undefined && physOut !== undefined);
  const packet = { ...packetOf(world, { from: one.scope, to: ip`fd00::2`, protocol: 'udp', port: 9, sport: 40001 }), size };
  const skb = { ...skbOf(stack, packet), in: bridge, bridged: { bridge, physIn, physOut } };
  const passed = bridgedPostrouting(new Run(world, { pick: () => 0 }, FRESH), skb, bridge);
  return 'stage' in passed ? passed.error?.mtu : 'it leaves';
}

test('a station that moved to another port may move back (br_fdb_update)', () => {
  const world = worldOf(healthy.facts);
  const stack = world.stack(D.scope);
  const [bridge, first, second] = [D.bridge, one.veth, two.veth].map((name) => stack?.link(name));
  assert.ok(stack !== undefined && bridge !== undefined && first !== undefined && second !== undefined);
  const run = new Run(world, forced(new Map()), FRESH);
  const behind = (port: typeof first): string | undefined => {
    learn(run, stack, bridge, port, two.mac, 0);
    const known = find(run, stack, bridge, two.mac, 0);
    return known?.port?.name;
  };
  assert.deepEqual([second, first, second].map(behind), [two.veth, one.veth, two.veth]);
});

test("a bridge's own address is its own in its own VLANs alone: in others a frame for it goes to all ports (__vlan_add)", () => {
  const bridge = worldOf(healthy.facts).stack(D.scope)?.link(D.bridge)?.bridge;
  assert.ok(bridge != null);
  const member = (dev: string) => ({ dev, first: 7, last: 7, pvid: true, untagged: true });
  const aware = [one.veth, two.veth].reduce(
    (built, dev) => built.put('bridge-vlan', D.scope, member(dev)),
    healthy
      .link(D.scope, D.bridge, { bridge: { ...bridge, vlanFiltering: true } })
      .link(D.scope, one.veth, { port: { ...portOf(one.veth), hairpin: false } })
      .put('neighbour', one.scope, { dev: one.device, address: two.address, mac: D.bridgeMac, state: 'permanent', proxy: false }),
  );
  const end = ({ reason, at }: Outcome): readonly string[] => [reason.code, at.netns];
  const ofEight = { ...member(D.bridge), first: 8, last: 8 };
  for (const built of [aware, aware.put('bridge-vlan', D.scope, ofEight)])
    assert.deepEqual(end(sent(built)), ['OTHERHOST', two.scope.netns]);
  assert.deepEqual(end(sent(aware.put('bridge-vlan', D.scope, member(D.bridge)))), end(sent(healthy)));
});

test('where the VLANs were not read, no frame is known to be of one, and nothing is told of its way (__allowed_ingress)', () => {
  const bridge = worldOf(healthy.facts).stack(D.scope)?.link(D.bridge)?.bridge;
  assert.ok(bridge != null);
  const aware = healthy.link(D.scope, D.bridge, { bridge: { ...bridge, vlanFiltering: true } });
  for (const [from, to] of [
    [one.scope, two.address],
    [one.scope, D.gateway],
    [D.scope, two.address],
  ] as const) {
    const { disposition, reason } = sent(aware, from, to);
    assert.deepEqual([disposition, reason.gap?.capture], ['unknown', 'bridge -j vlan show']);
  }
});
