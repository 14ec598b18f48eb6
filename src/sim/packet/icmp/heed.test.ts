import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { type Ip, ip } from '#net/ip';
import { forced } from '#sim/clock/choice';
import { cluster } from '#testing/world-builder';
import { skbOf } from '../answer.ts';
import { end } from '../next.ts';
import type { Packet } from '../packet.ts';
import { Run } from '../run.ts';
import { FRESH } from '../state.ts';
import { heed } from './heed.ts';

const healthy = cluster({ nodes: 1, podsPerNode: 0 });
const [here, there, router] = [ip`2001:db8:1::2`, ip`2001:db8:2::2`, ip`2001:db8:1::1`];

const message = (source: Ip, destination: Ip, icmp: Packet['icmp']): Packet => ({
  source,
  destination,
  protocol: 'icmpv6',
  sourcePort: 0,
  destinationPort: 0,
  tcp: null,
  icmp,
  size: 1500,
  df: false,
  ttl: 64,
  mark: 0,
});

/** How much a stack then knows that the path takes, after an error about a packet of its own. */
function learnt(inner: Packet, mtu: number): number | undefined {
  const world = worldOf(healthy.facts);
  const stack = world.stack(healthy.node('A').scope);
  assert.ok(stack !== undefined);
  const run = new Run(world, forced(new Map()), FRESH);
  const skb = skbOf(stack, message(router, here, { type: 2, code: 0, id: 0, inner, mtu }));
  heed(run, end(skb, { disposition: 'delivered', code: 'DELIVERED', says: 'the stack takes it' }));
  return run.pathMtu(stack, there);
}

test('that an echo of IPv6 was too big is heeded without a socket, of other packets it is not (icmpv6_err, udpv6_err)', () => {
  const reply = message(here, there, { type: 129, code: 0, id: 7 });
  assert.equal(learnt(reply, 1400), 1400);
  assert.equal(learnt({ ...reply, protocol: 'udp', icmp: null, sourcePort: 40_001, destinationPort: 53 }, 1400), undefined);
});

test('no path of IPv6 is believed to take less than 1280 (__ip6_rt_update_pmtu)', () => {
  assert.equal(learnt(message(here, there, { type: 128, code: 0, id: 7 }), 1000), undefined);
});
