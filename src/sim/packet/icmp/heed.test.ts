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
function learnt(inner: Packet, mtu: number, from: 'socket' | 'raw' = 'raw'): number | undefined {
  const world = worldOf(healthy.facts);
  const stack = world.stack(healthy.node('A').scope);
  assert.ok(stack !== undefined);
  const run = new Run(world, forced(new Map()), FRESH);
  const skb = skbOf(stack, message(router, here, { type: 2, code: 0, id: 0, inner, mtu }));
  const way = end(skb, { disposition: 'delivered', code: 'DELIVERED', says: 'the stack takes it' });
  heed(run, way, from === 'socket' ? { stack, sent: inner } : undefined);
  return run.pathMtu(stack, inner.destination)?.mtu;
}

test('that an echo of IPv6 was too big is heeded without a socket, of other packets it is not (icmpv6_err, udpv6_err)', () => {
  const reply = message(here, there, { type: 129, code: 0, id: 7 });
  assert.equal(learnt(reply, 1400), 1400);
  assert.equal(learnt({ ...reply, protocol: 'udp', icmp: null, sourcePort: 40_001, destinationPort: 53 }, 1400), undefined);
});

test('no path of IPv6 is believed to take less than 1280 (__ip6_rt_update_pmtu)', () => {
  assert.equal(learnt(message(here, there, { type: 128, code: 0, id: 7 }), 1000), undefined);
});

/** Measured on Linux 6.18: after "too big, mtu 600" for one source, datagrams of 700 bytes from another are refused (EMSGSIZE). */
test('of a datagram that was too big its socket hears, and no path of IPv4 is believed to take less than min_pmtu', () => {
  const sent = { ...message(ip`10.0.0.2`, ip`10.9.0.2`, null), protocol: 'udp', sourcePort: 40_001, destinationPort: 53 } as const;
  assert.equal(learnt(sent, 600, 'socket'), 600);
  assert.equal(learnt(sent, 600), undefined);
  assert.equal(learnt(sent, 100, 'socket'), 552);
});
