import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { cluster } from '#testing/world-builder';
import { exchange } from '../exchange.ts';
import type { Packet } from '../packet.ts';
import { FRESH } from '../state.ts';
import { packetOf } from '../trace.ts';

const healthy = cluster({ nodes: 2 });
const { scope } = healthy.node('B');
const unread = healthy.without('conntrack', scope);
const from = healthy.pod('A').scope;

/** The ways of a packet from a pod of A to one of B, and of what answers it. */
function ways(facts: typeof healthy.facts, tcp: Partial<NonNullable<Packet['tcp']>>) {
  const world = worldOf(facts);
  const opening = packetOf(world, { from, to: healthy.pod('B').address, protocol: 'tcp', port: 80 });
  const packet = { ...opening, tcp: { syn: false, ack: false, rst: false, fin: false, ...tcp } };
  return exchange(world, { from, packet }, FRESH)?.branches.flatMap(({ result }) => result.walks) ?? [];
}

const told = (all: ReturnType<typeof ways>): readonly string[] =>
  all.flatMap(({ hops }) => hops.flatMap(({ steps }) => steps.flatMap(({ element, says }) => (element === 'conntrack' ? [says] : []))));

test('what opens a connection is taken as new where the entries were not read, and that is told once', () => {
  const all = ways(unread.facts, { syn: true });
  assert.ok(all.length > 1, 'it is answered');
  assert.ok(all.every(({ disposition }) => disposition !== 'unknown'));
  const [way] = all;
  const says = `what B tracks was not read: ${way?.packet.source} → ${way?.packet.destination} is taken as a new connection`;
  assert.equal(told(all).filter((one) => one === says).length, 1);
  assert.deepEqual(told(ways(healthy.facts, { syn: true })), []);
});

test('of what somebody else opened before nothing is known there', () => {
  const [first] = ways(unread.facts, { ack: true });
  assert.deepEqual([first?.disposition, first?.at.node, first?.reason.gap?.of], ['unknown', 'B', 'conntrack']);
  assert.notEqual(ways(healthy.facts, { ack: true })[0]?.disposition, 'unknown');
});
