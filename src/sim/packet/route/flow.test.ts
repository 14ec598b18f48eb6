import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import type { Rule } from '#facts/rule/rule';
import { cidr } from '#net/cidr';
import type { Scope } from '#snapshot/scope';
import { PLAIN_RULE } from '#testing/built/plain-rule';
import { withNft } from '#testing/nft-text';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import { skbOf } from '../answer.ts';
import type { TracedOutcome } from '../outcome.ts';
import { exchange } from '../exchange.ts';
import { route } from '../ip/receive.ts';
import { Run } from '../run.ts';
import { FRESH } from '../state.ts';
import { packetOf, trace } from '../trace.ts';
import { inputRoute } from './input.ts';

const healthy = cluster();
const [client, server] = [healthy.pod('A'), healthy.pod('D')];

/** An echo where a namespace has a rule that drops what users of a range send. */
function dropping(at: Scope, uidRange: readonly [number, number]): TracedOutcome | undefined {
  const rule = { ...PLAIN_RULE, priority: 1000, uidRange, action: { does: 'blackhole' } } as const;
  const { facts } = healthy.put('rule', at, rule);
  return trace(worldOf(facts), { from: client.scope, to: server.address, protocol: 'icmp' }).outcomes[0];
}

test('whose socket sends is not known: a rule that asks for users may speak of it', () => {
  const doubtful = dropping(client.scope, [1000, 2000]);
  assert.equal(doubtful?.disposition, 'unknown');
  assert.match(doubtful.reason.says, /rule 1000 asks for the user of the socket that sends \(uidrange 1000-2000\)/);
  assert.equal(dropping(client.scope, [0, 0xfffffffe])?.works, 'no', 'every user');
});

test('what is forwarded, and what a kernel answers, is of root', () => {
  const { scope } = healthy.node('A');
  assert.equal(dropping(scope, [1000, 2000])?.works, 'yes');
  assert.equal(dropping(scope, [0, 0])?.works, 'no');
});

test("a kernel's own ICMP shows its type and code to rules that ask for a port (union flowi_uli)", () => {
  const { scope } = healthy.node('A');
  const told = (ports: readonly [number, number]): string | undefined => {
    const to = cidr`${client.address}/32`;
    const rule = { ...PLAIN_RULE, priority: 1000, destinationPorts: ports, to, action: { does: 'blackhole' } } as const;
    const world = worldOf(healthy.put('rule', scope, rule).facts);
    const packet = { ...packetOf(world, { from: client.scope, to: server.address, protocol: 'udp', port: 9 }), ttl: 1 };
    return exchange(world, { from: client.scope, packet }, FRESH)?.branches[0]?.result.walks[1]?.disposition;
  };
  assert.equal(told([53, 9090]), undefined, '11/0 is 2816: the rule leads the error into the hole');
  assert.equal(told([2817, 9090]), 'delivered');
});

test('whose socket sends is known where the question tells it', () => {
  const rule = { ...PLAIN_RULE, priority: 1000, uidRange: [1000, 2000], action: { does: 'blackhole' } } as const;
  const world = worldOf(healthy.put('rule', client.scope, rule).facts);
  const packet = packetOf(world, { from: client.scope, to: server.address, protocol: 'udp', port: 9 });
  const of = (uid: number) => exchange(world, { from: client.scope, packet, owner: { uid, gid: 0 } }, FRESH)?.branches[0]?.result.walks[0];
  assert.equal(of(0)?.disposition, 'no listener');
  assert.equal(of(1500)?.reason.code, 'IP_OUTNOROUTES');
});

test('an error that is told on the way is routed before it has a source (icmp_route_lookup)', () => {
  const { scope, bridge } = healthy.node('A');
  const told = (from: string): string | undefined => {
    const rule = {
      ...PLAIN_RULE,
      priority: 1000,
      from: cidr`${from}`,
      to: cidr`${client.address}/32`,
      action: { does: 'blackhole' },
    } as const;
    const world = worldOf(healthy.put('rule', scope, rule).facts);
    const packet = { ...packetOf(world, { from: client.scope, to: server.address, protocol: 'udp', port: 9 }), ttl: 1 };
    return exchange(world, { from: client.scope, packet }, FRESH)?.branches[0]?.result.walks[1]?.disposition;
  };
  const own = worldOf(healthy.facts).stack(scope)?.addresses;
  assert.ok(own?.is === 'seen');
  const address = [...own.table.byAddress.values()].flat().find(({ dev, address: one }) => dev === bridge && one.includes('.'));
  assert.equal(told(`${address?.address}/32`), 'delivered');
  assert.equal(told('0.0.0.0/0'), undefined, 'without a way back nothing is told');
});

/**
 * Measured on Linux 6.18: of datagrams with and without type of service 0x10 or 0xd0, behind `ip rule add tos 0x10 prohibit`, those
 * without are let through; behind `ip rule add ipproto udp prohibit` fib says that there is no way back, and rpfilter that there is.
 */
test('the way back is asked for with the type of service, by fib also with the protocol, and never with ports', () => {
  const { scope } = healthy.node('A');
  const lostWith = (rule: object, check: BuiltCluster, tos: number): boolean => {
    const asked = { ...PLAIN_RULE, to: cidr`${client.address}/32`, priority: 1000, ...rule, action: { does: 'prohibit' } } as const;
    const world = worldOf(check.put('rule', scope, asked).facts);
    const packet = { ...packetOf(world, { from: client.scope, to: server.address, protocol: 'udp', port: 9 }), tos };
    return exchange(world, { from: client.scope, packet }, FRESH)?.branches[0]?.result.walks[0]?.reason.code === 'NETFILTER_DROP';
  };
  const rpfilter = healthy.rule(scope, 'mangle', '-A PREROUTING -m rpfilter --invert -j DROP', 0);
  const fib = withNft(
    healthy,
    scope,
    'table ip t {\nchain p {\ntype filter hook prerouting priority 0;\nfib saddr oif missing drop\n}\n}\n',
  );
  for (const check of [rpfilter, fib]) {
    assert.deepEqual(
      [0, 0x10, 0xd0, 0x08].map((tos) => lostWith({ tos: 0x10 }, check, tos)),
      [false, true, true, false],
    );
    assert.equal(lostWith({ destinationPorts: [0, 65535] }, check, 0) && lostWith({ sourcePorts: [1, 65535] }, check, 0), false, 'ports');
  }
  assert.equal(lostWith({ ipProto: 17 }, rpfilter, 0), false);
  assert.equal(lostWith({ ipProto: 17 }, fib, 0), true);
});

test('a ping shows its type and code too, until it is routed anew (ping_v4_sendmsg), and its way back no ports (__fib_validate_source)', () => {
  const { scope, address } = healthy.node('A');
  const hole = { ...PLAIN_RULE, priority: 1000, action: { does: 'blackhole' } } as const;
  const ping = (at: Scope, ports: readonly [number, number]): string | undefined => {
    const rule = { ...hole, destinationPorts: ports };
    const { facts } = healthy.sysctl(scope, 'net.ipv4.conf.all.rp_filter', 1).put('rule', at, rule);
    return trace(worldOf(facts), { from: client.scope, to: address, protocol: 'icmp' }).outcomes[0]?.reason.code;
  };
  assert.equal(ping(client.scope, [2048, 2048]), 'IP_OUTNOROUTES', '8/0 is 2048');
  assert.equal(ping(client.scope, [2049, 9090]), 'DELIVERED');
  assert.equal(
    ping(scope, [2048, 2048]),
    'DELIVERED',
    'Linux 6.18, scene route:jb1.38+talk+aim: no answer is looked for as if it were a ping',
  );
});

/** Linux 6.18, scene route:s19.462@2: the first piece, with port 53 in it, was forwarded past a rule for that port. */
test('rules that ask for a port do not speak of pieces, the first one neither, unless they were put together (skb_flow_dissect_flow_keys)', () => {
  const { scope, bridge } = healthy.node('A');
  const rule = { ...PLAIN_RULE, priority: 1000, destinationPorts: [53, 53], action: { does: 'blackhole' } } as const;
  const rules = healthy.facts.partition('iptables', scope) ?? assert.fail('it has rules');
  const [tracking, bare] = [healthy, healthy.replace({ ...rules, facts: [] })];
  const routed = (size: number, wire: number, plain = bare, asked: Omit<Rule, 'origin'> = rule) => {
    const built = plain.put('rule', scope, asked);
    const world = worldOf(built.facts);
    const stack = world.stack(scope) ?? assert.fail('no such node');
    const packet = { ...packetOf(world, { from: client.scope, to: server.address, protocol: 'udp', port: 53 }), size };
    const device = stack.link(bridge) ?? assert.fail('no such bridge');
    return inputRoute(null, stack, { packet, wire, labelled: null, carries: null }, device).is;
  };
  assert.deepEqual([routed(1480, 1480), routed(1480, 1276)], ['refused', 'forward']);
  assert.equal(routed(1480, 1276, tracking), 'refused');
  const nft = healthy.facts.partition('nft', scope) ?? assert.fail('it has tables');
  const partly = bare.replace({ ...rules, facts: [], covers: ['4 legacy raw', '4 legacy nat'] });
  for (const unread of [bare.without('iptables', scope), bare.without('nft', scope), bare.replace({ ...nft, covers: [] }), partly]) {
    assert.deepEqual([routed(1480, 1480, unread), routed(1480, 1276, unread)], ['refused', 'gap']);
    assert.equal(
      routed(1480, 1276, unread, { ...rule, ipProto: 17, destinationPorts: null }),
      'refused',
      'of what protocol it is pieces tell',
    );
  }
});

test('what an ipvlan’s parent let in came in whole where the parent’s rules put it together (ipvlan_l3_rcv behind ip_rcv_finish)', () => {
  const [node, inner] = [healthy.node('A'), healthy.pod('A')];
  const below = worldOf(healthy.facts).stack(node.scope)?.link(node.uplink) ?? assert.fail('no uplink');
  const upper = { kind: 'ipvlan', mode: 'l3s', flag: 'bridge' } as const;
  const rule = { ...PLAIN_RULE, priority: 1000, destinationPorts: [53, 53], action: { does: 'blackhole' } } as const;
  const built = healthy
    .change('link', inner.scope, inner.device, {
      type: 'ipvlan',
      upper,
      mac: below.mac,
      peerIndex: below.index,
      peerNsid: 0,
      peerName: null,
    })
    .change('rule', inner.scope, ({ priority }) => priority === 0, { priority: 2000 })
    .put('rule', inner.scope, rule);
  const world = worldOf(built.facts);
  const stack = world.stack(node.scope) ?? assert.fail('no such node');
  const packet = packetOf(world, { from: server.scope, to: inner.address, protocol: 'udp', port: 53 });
  const skb = { ...skbOf(stack, { ...packet, size: 1480 }), in: below, wire: 1276 };
  const next = route(new Run(world, { pick: () => 0 }, FRESH), skb);
  assert.equal(next.stage, 'forward', 'it is for no ipvlan: the rule refuses it there');
});
