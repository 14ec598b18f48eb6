import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { plainRoute } from '#facts/route/own-routes';
import { cidr } from '#net/cidr';
import { ip } from '#net/ip';
import { forced } from '#sim/clock/choice';
import { PLAIN_RULE } from '#testing/built/plain-rule';
import { cluster } from '#testing/world-builder';
import { resetTo, skbOf } from '../answer.ts';
import type { Skb } from '../skb.ts';
import { Run } from '../run.ts';
import { FRESH } from '../state.ts';
import { packetOf } from '../trace.ts';
import { rerouted, routed } from './routed.ts';

const healthy = cluster({ nodes: 1, podsPerNode: 0 });
const { scope, uplink, bridge } = healthy.node('A');
const ruled = healthy
  .put('rule', scope, { ...PLAIN_RULE, family: 6, priority: 100, tos: 16, action: { does: 'lookup', table: '137' } })
  .put('rule', scope, { ...PLAIN_RULE, family: 6, priority: 32766, action: { does: 'lookup', table: 'main' } })
  .put('route', scope, plainRoute(cidr`fd00:5::/64`, bridge))
  .put('route', scope, plainRoute(cidr`fd00:5::/64`, uplink, { table: '137' }));

/** Measured on Linux 6.18: a reset of class 16 leaves by table main, and by the rule's table where `-j HL` in OUTPUT changed it. */
test("a kernel's own answer of IPv6 is looked up without its class, and with it where OUTPUT changed the packet (ip6_route_me_harder)", () => {
  const world = worldOf(ruled.facts);
  const stack = world.stack(scope);
  assert.ok(stack !== undefined);
  const sent = { ...packetOf(world, { from: scope, source: ip`fd00:5::2`, to: ip`fd00:5::1`, protocol: 'tcp', port: 9 }), tos: 16 };
  const answer = { ...skbOf(stack, resetTo(sent)), isAnswer: true };
  const run = new Run(world, forced(new Map()), FRESH);
  const wayOf = (way: ReturnType<typeof routed>): string | undefined => ('stage' in way ? undefined : (way satisfies Skb).path?.dev);
  assert.equal(wayOf(routed(run, answer)), bridge);
  assert.equal(wayOf(rerouted(run, { ...answer, reroute: true })), uplink);
});

/** Linux 6.18, by kfree_skb: `REJECT --reject-with tcp-reset` in INPUT for a sender to whom no route leads, or one of type prohibit; in PREROUTING nothing is lost. */
test("a rule's reset without a way is lost where it was made, and tells nobody (nf_send_reset)", () => {
  const world = worldOf(healthy.drop('route', scope, ({ to }) => to === cidr`0.0.0.0/0`).facts);
  const stack = world.stack(scope);
  if (stack === undefined) throw new Error('no node');
  const asked = packetOf(world, { from: scope, source: ip`198.51.100.7`, to: healthy.node('A').address, protocol: 'tcp', port: 80 });
  const reset = (madeUnrouted: boolean) => {
    const way = routed(new Run(world, forced(new Map()), FRESH), { ...skbOf(stack, resetTo(asked)), isAnswer: true, madeUnrouted });
    return 'stage' in way ? [way.disposition, way.reason.code] : [];
  };
  assert.deepEqual(reset(true), ['dropped', 'NOT_SPECIFIED']);
  assert.deepEqual(reset(false), ['unreachable', 'IP_OUTNOROUTES']);
});

/** Linux 6.18, by kfree_skb, scene route:rb1.37+talk+aim: the reset of a rule of INPUT for what was sent to 127.0.0.9 (route_localnet of the device it came by). */
test("a rule's reset from a loopback address is lost where it was made, the stack's own for want of a way", () => {
  const world = worldOf(healthy.facts);
  const stack = world.stack(scope);
  if (stack === undefined) throw new Error('no node');
  const asked = packetOf(world, { from: scope, source: ip`198.51.100.7`, to: ip`127.0.0.9`, protocol: 'tcp', port: 80 });
  const lost = (madeUnrouted: boolean) => {
    const way = routed(new Run(world, forced(new Map()), FRESH), {
      ...skbOf(stack, resetTo(asked)),
      isAnswer: true,
      anySource: true,
      madeUnrouted,
    });
    return 'stage' in way ? [way.disposition, way.reason.code] : [];
  };
  assert.deepEqual(
    [lost(true), lost(false)],
    [
      ['dropped', 'NOT_SPECIFIED'],
      ['dropped', 'IP_OUTNOROUTES'],
    ],
  );
});

/** Measured on Linux 6.18 with IPPROTO_RAW: rules that ask for UDP or a port speak of its packets only where OUTPUT marked them; of a class where the socket has it too (scene route:rt2.12+talk+aim@1). */
test('what a raw socket writes by itself is routed without its protocol, and by it where OUTPUT changed it (raw_sendmsg)', () => {
  const built = ruled
    .put('rule', scope, { ...PLAIN_RULE, priority: 100, ipProto: 17, action: { does: 'lookup', table: '137' } })
    .put('rule', scope, { ...PLAIN_RULE, family: 6, priority: 99, ipProto: 17, action: { does: 'lookup', table: '137' } })
    .put('route', scope, plainRoute(cidr`198.51.100.0/24`, bridge))
    .put('route', scope, plainRoute(cidr`198.51.100.0/24`, uplink, { table: '137' }));
  const world = worldOf(built.facts);
  const stack = world.stack(scope);
  assert.ok(stack !== undefined);
  const run = new Run(world, forced(new Map()), FRESH);
  const wayOf = (way: ReturnType<typeof routed>): string | undefined => ('stage' in way ? undefined : (way satisfies Skb).path?.dev);
  const six = packetOf(world, { from: scope, source: ip`fd00:5::2`, to: ip`fd00:5::1`, protocol: 'udp', port: 9 });
  const source = healthy.node('A').address;
  const four = packetOf(world, { from: scope, source, to: ip`198.51.100.7`, protocol: 'udp', port: 9 });
  for (const packet of [four, six]) {
    const skb = skbOf(stack, packet);
    assert.equal(wayOf(routed(run, skb)), uplink);
    assert.equal(wayOf(routed(run, { ...skb, isRaw: true })), bridge);
    assert.equal(wayOf(rerouted(run, { ...skb, isRaw: true, reroute: true })), uplink);
  }
  assert.equal(wayOf(routed(run, { ...skbOf(stack, { ...six, tos: 16 }), isRaw: true })), uplink, 'its class is that of its socket');
});
