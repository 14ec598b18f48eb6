import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { forced } from '#sim/clock/choice';
import { ip } from '#net/ip';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import { answering, replyTo, skbOf } from '../answer.ts';
import { exchange } from '../exchange.ts';
import { type End, end } from '../next.ts';
import type { Packet } from '../packet.ts';
import { Run } from '../run.ts';
import { FRESH } from '../state.ts';
import { icmpError } from './error.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const A = healthy.node('A');
const [client, server] = [healthy.pod('A'), healthy.pod('B')];

test('an error about what came in by a part of a VRF is routed by the VRF, its source too (icmp_route_lookup)', () => {
  const routes = healthy.facts.seen('route', A.scope);
  assert.ok(routes.is === 'seen');
  let built = enslaved();
  for (const route of routes.value.filter(({ table }) => table === 'main')) built = built.put('route', A.scope, { ...route, table: '10' });
  built = built.drop('route', A.scope, ({ table }) => table === 'main');
  const packet = {
    ...({ source: client.address, destination: server.address, protocol: 'udp', sourcePort: 40_001, destinationPort: 53 } as const),
    ...{ tcp: null, icmp: null, size: 60, df: false, ttl: 1, mark: 0 },
  };
  const walks = exchange(worldOf(built.facts), { from: client.scope, packet }, FRESH)?.branches[0]?.result.walks;
  assert.deepEqual(
    walks?.map((walk) => [walk.reason.code, walk.packet.icmp?.type ?? null]),
    [
      ['IP_INHDR', null],
      ['DELIVERED', 11],
    ],
  );
});

/** Node A with its bridge in a VRF. */
function enslaved(): BuiltCluster {
  const links = healthy.facts.seen('link', A.scope);
  assert.ok(links.is === 'seen');
  const bridge = links.value.find(({ name }) => name === A.bridge);
  assert.ok(bridge !== undefined);
  const vrf = { kind: 'vrf', table: '10' } as const;
  return healthy
    .put('link', A.scope, { ...bridge, name: 'red', index: 77, type: 'vrf', bridge: null, upper: vrf })
    .link(A.scope, A.bridge, { master: 'red' })
    .sysctl(A.scope, 'net.ipv6.conf.red.forwarding', 0)
    .put('rule', A.scope, { ...ruleOf(), priority: 1000 });
}

const INSIDE = ip`fd00:1::1`;
const OUTSIDE = ip`fd00:3::1`;

/** What came in by the VRF for an address of the node's own, and its end there. */
function taken(packet: Pick<Packet, 'protocol' | 'icmp'>, destination: typeof INSIDE): End {
  const addresses = [
    [A.bridge, INSIDE],
    [A.uplink, OUTSIDE],
  ] as const;
  const built = addresses.reduce(
    (now, [dev, address]) => now.put('address', A.scope, { ...addressOf(), dev, address, length: 64 }),
    enslaved(),
  );
  const stack = worldOf(built.facts).stack(A.scope);
  const red = stack?.link('red');
  assert.ok(stack !== undefined && red !== undefined);
  const rest = { sourcePort: 40_001, destinationPort: 53, tcp: null, size: 84, df: false, ttl: 64, mark: 0 } as const;
  const skb = skbOf(stack, { ...packet, ...rest, source: ip`fd00:1::2`, destination });
  const path = { does: 'local', route: { type: 'local' } } as NonNullable<typeof skb.path>;
  return end({ ...skb, in: red, path }, { disposition: 'dropped', code: 'NO_SOCKET', says: 'nothing listens there' });
}

/** Measured on Linux 6.1: `ping fd00:3::1` out of a VRF is not answered where that address's device is outside it and no way leads back. */
test('an IPv6 echo is answered by the device that has its address, be it outside the VRF (icmp6_dev)', () => {
  const answeredBy = (destination: typeof INSIDE): string | null => {
    const echoed = taken({ protocol: 'icmpv6', icmp: { type: 128, code: 0, id: 7 } }, destination);
    const reply = replyTo(echoed.skb.packet);
    assert.ok(reply !== null);
    return answering(echoed, reply).outBy;
  };
  assert.equal(answeredBy(INSIDE), 'red');
  assert.equal(answeredBy(OUTSIDE), A.uplink);
});

/** Measured on Linux 6.18: with `ip -6 rule add oif r3` to a table that drops all, an echo that came in by r3 is not answered, an error is sent. */
test('an IPv6 echo is answered by the device that the request came in by, as far as rules and scores go (icmpv6_echo_reply)', () => {
  const { skb } = taken({ protocol: 'icmpv6', icmp: { type: 128, code: 0, id: 7 } }, INSIDE);
  const reply = replyTo(skb.packet);
  const uplink = skb.stack.link(A.uplink);
  assert.ok(reply !== null && uplink !== undefined);
  const ended = end({ ...skb, in: uplink }, { disposition: 'delivered', code: 'DELIVERED', says: 'the stack answers the echo' });
  assert.equal(answering(ended, reply).outBy, A.uplink);
  assert.equal(answering(ended, { ...reply, icmp: { type: 1, code: 4, id: 0 } }).outBy, null);
});

/** Measured on Linux 6.1: "port unreachable" about a packet for fd00:3::1, outside the VRF that it came in by, comes from fd00:1::1. */
test('an ICMPv6 error comes from an address inside the VRF that the packet came in by (__ipv6_chk_addr_and_flags)', () => {
  const told = (destination: typeof INSIDE): string | undefined => {
    const refused = taken({ protocol: 'udp', icmp: null }, destination);
    const { stack, packet: about } = refused.skb;
    const run = new Run(worldOf(healthy.facts), forced(new Map()), FRESH);
    return icmpError(run, refused, { about, stack, type: 3, code: 3, delayMs: 0 })?.source;
  };
  assert.equal(told(INSIDE), INSIDE);
  assert.equal(told(OUTSIDE), INSIDE);
});

function addressOf() {
  const seen = healthy.facts.seen('address', A.scope);
  const [address] = seen.is === 'seen' ? seen.value : [];
  assert.ok(address !== undefined);
  return address;
}

/** The rule that the kernel makes with the first VRF (net/core/fib_rules.c, vrf.c vrf_add_fib_rules). */
function ruleOf() {
  const seen = healthy.facts.seen('rule', A.scope);
  const [rule] = seen.is === 'seen' ? seen.value : [];
  assert.ok(rule !== undefined);
  return { ...rule, action: { does: 'lookup of its VRF' } as const };
}
