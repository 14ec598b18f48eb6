import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { ip } from '#net/ip';
import { forced } from '#sim/clock/choice';
import { cluster } from '#testing/world-builder';
import { skbOf } from '../answer.ts';
import type { Packet } from '../packet.ts';
import { Run } from '../run.ts';
import { FRESH } from '../state.ts';
import { sourcePortOf } from './source-port.ts';

const healthy = cluster({ nodes: 1, podsPerNode: 1 });
const world = worldOf(healthy.facts);
const stack = world.stack(healthy.node('A').scope);
assert.ok(stack !== undefined);

const echo = (type: number, family: 4 | 6 = 6): Packet => ({
  source: family === 6 ? ip`fd00:1::2` : ip`10.1.0.2`,
  destination: family === 6 ? ip`fd00:2::2` : ip`10.2.0.2`,
  protocol: family === 6 ? 'icmpv6' : 'icmp',
  ...{ sourcePort: 0, destinationPort: 0, tcp: null, icmp: { type, code: 0, id: 7 } },
  ...{ size: 104, df: false, ttl: 64, tos: 0, mark: 0 },
});

/** The ports of packets in turn: those that their stack made, and those that a raw socket wrote. */
const portsOf = (...packets: readonly (readonly ['made' | 'raw', Packet])[]): readonly number[] => {
  const run = new Run(world, forced(new Map()), FRESH);
  return packets.map(([how, packet]) => {
    const skb = skbOf(stack, packet);
    return sourcePortOf(run, how === 'made' ? skb : { ...skb, labelled: null });
  });
};

/** Measured on Linux 6.18: a raw echo request left by 42809, an echo reply between the same two by 55650, unreachable ones by 47047. */
test('what a stack says in ICMPv6 has a port by type and code, of which its flow label is a hash; raw ones share one', () => {
  const [raw, other, reply, error, again] = portsOf(
    ['raw', echo(128)],
    ['raw', echo(129)],
    ['made', echo(129)],
    ['made', echo(1)],
    ['made', echo(129)],
  );
  assert.equal(raw, other);
  assert.equal(new Set([raw, reply, error]).size, 3);
  assert.equal(again, reply);
});

test('ICMP of IPv4 has no flow label: all of it between two machines comes from one port', () => {
  assert.equal(new Set(portsOf(['raw', echo(8, 4)], ['made', echo(0, 4)], ['made', echo(3, 4)])).size, 1);
});
