import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { type Ip, ip } from '#net/ip';
import { enumerate, forced } from '#sim/clock/choice';
import { cluster } from '#testing/world-builder';
import type { Packet, TcpHeader } from '../packet.ts';
import { Run } from '../run.ts';
import { send } from '../send.ts';
import { FRESH } from '../state.ts';
import { packetOf } from '../trace.ts';
import { trackedConnection } from '#testing/tracked-connection';
import { find } from './find.ts';

const healthy = cluster({ nodes: 2 });
const [one, other] = [healthy.node('A'), healthy.node('B')];
const first = forced(new Map());
const flags = (set: Partial<TcpHeader>): TcpHeader => ({ syn: false, ack: false, rst: false, fin: false, ...set });

/** A SYN that was captured, as the connection that it opened. */
const opened = (source: Ip, sourcePort: number, destination: Ip, destinationPort: number, became: Ip) => ({
  protocol: 'tcp',
  protocolNumber: 6,
  timeoutSeconds: 100,
  state: 'SYN_SENT',
  original: { source, destination, sourcePort, destinationPort, icmp: null },
  reply: { source: destination, destination: became, sourcePort: destinationPort, destinationPort: sourcePort, icmp: null },
  unreplied: true,
  assured: false,
  mark: 0,
  zone: null,
});

/** B's SYN to A's port 53 was captured; A gives what comes in, and then what goes out, another source. */
const captured = healthy
  .put('conntrack', one.scope, opened(other.address, 20051, one.address, 53, other.address))
  .rule(one.scope, 'nat', '-A INPUT -p tcp -j SNAT --to-source 198.51.100.7')
  .rule(one.scope, 'nat', '-A POSTROUTING -p tcp -m tcp --sport 53 -j SNAT --to-source 198.51.100.9', 0);
const world = worldOf(captured.facts);
const there = packetOf(world, { from: other.scope, to: one.address, protocol: 'tcp', port: 53, sport: 20051 });
const back: Packet = { ...there, source: one.address, destination: other.address, sourcePort: 53, destinationPort: 20051 };

/** Linux 6.18: A's last packet went through its nat rules, as the first of a connection. */
test('a captured entry that was taken out is not found by its answers once another took its place (clean_from_lists)', () => {
  const closed = send(world, one.scope, { ...back, tcp: flags({ rst: true, ack: true }) }, FRESH, first, 10);
  assert.equal(closed.received.source, one.address, 'the reset is its answer, and ends it');
  const again = send(world, other.scope, { ...there, tcp: flags({ ack: true }) }, closed.state, first, 20);
  assert.equal(again.answer.kind, 'rst', 'which ends what was taken up in its middle');
  const last = send(world, one.scope, { ...back, tcp: flags({ ack: true }) }, again.state, first, 30);
  assert.equal(last.received.source, '198.51.100.9');
});

test('what an end became in a captured entry that was taken out, it does not become again (nf_nat_cleanup_conntrack)', () => {
  const drawing = healthy.rule(one.scope, 'nat', '-A POSTROUTING -p tcp -j SNAT --to-source 198.51.100.1-198.51.100.9', 0);
  const became = ip`198.51.100.5`;
  const kept = worldOf(drawing.put('conntrack', one.scope, opened(one.address, 40001, other.address, 80, became)).facts);
  const syn = packetOf(kept, { from: one.scope, to: ip`203.0.113.9`, protocol: 'tcp', port: 80, sport: 40001 });
  const reset: Packet = { ...syn, destination: other.address, tcp: flags({ rst: true }) };
  const fresh = send(worldOf(drawing.facts), one.scope, syn, FRESH, first, 20).received.source;
  assert.notEqual(fresh, became, 'by its hash it would be another');
  assert.equal(send(kept, one.scope, syn, FRESH, first, 20).received.source, became);
  const { state } = send(kept, one.scope, reset, FRESH, first, 10);
  assert.equal(send(kept, one.scope, syn, state, first, 20).received.source, fresh);
});

/** Linux 6.18 (nft:s10.210): the second packet of GRE that a node sent to itself was an answer, and ESTABLISHED. */
test('what talks to itself without ports answers itself: of two tuples that are one that of answers is put in last (__nf_conntrack_hash_insert)', () => {
  const plain = worldOf(healthy.facts);
  const stack = plain.stack(one.scope);
  assert.ok(stack !== undefined);
  const packet = packetOf(plain, { from: one.scope, to: one.address, protocol: 'udp', port: 4000, sport: 4000 });
  const itself = { source: one.address, destination: one.address, sourcePort: 4000, destinationPort: 4000 };
  const run = new Run(plain, first, FRESH);
  run.confirm(stack, trackedConnection(packet, 'udp', itself));
  assert.equal(find(run, stack, packet, itself)?.direction, 'reply');
  const elsewhere = { ...itself, destinationPort: 4001 };
  run.confirm(stack, trackedConnection(packet, 'udp', elsewhere));
  assert.equal(find(run, stack, packet, elsewhere)?.direction, 'original');
});

/** Linux 6.18, scene conntrack:s16.858@2: the packet was the answer of the one connection, and the model took it for a request of the other. */
test('which of two captured connections with one tuple in one zone came last is not told', () => {
  const [asks, answers] = [4000, 53] as const;
  const request = { source: other.address, destination: one.address, sourcePort: asks, destinationPort: answers, icmp: null };
  const answer = { source: one.address, destination: other.address, sourcePort: answers, destinationPort: asks, icmp: null };
  const udp = {
    protocol: 'udp',
    protocolNumber: 17,
    timeoutSeconds: 100,
    state: null,
    unreplied: true,
    assured: false,
    mark: 0,
    zone: null,
  };
  const both = healthy
    .put('conntrack', one.scope, { ...udp, original: request, reply: answer, zoneReply: 6 })
    .put('conntrack', one.scope, { ...udp, original: answer, reply: request, zoneOriginal: 5 });
  const world = worldOf(both.facts);
  const packet = packetOf(world, { from: other.scope, to: one.address, protocol: 'udp', port: answers, sport: asks });
  const { branches } = enumerate((chooser) => {
    const stack = world.stack(one.scope);
    assert.ok(stack !== undefined);
    return find(new Run(world, chooser, FRESH), stack, packet, request)?.direction;
  });
  assert.deepEqual(
    branches.map(({ result, probability }) => [result, probability]),
    [
      ['reply', null],
      ['original', null],
    ],
  );
});
