import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import { exchange } from '../exchange.ts';
import type { Packet } from '../packet.ts';
import { FRESH } from '../state.ts';
import { packetOf } from '../trace.ts';
import { attached } from './attach.ts';
import { INVALID, isUntouched, RELATED_TO_NONE, stateOf, template, UNTRACKED } from './connection.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const [A, B] = [healthy.node('A'), healthy.node('B')];
const CLOSED = 4444;

/** What comes of A's SYN to a port of B on which nothing listens: the ways of all packets, and the tuples that A tracks in the end. */
function refused(built: BuiltCluster) {
  const world = worldOf(built.facts);
  const packet: Packet = packetOf(world, { from: A.scope, to: B.address, protocol: 'tcp', port: CLOSED, sport: 40001 });
  const done = exchange(world, { from: A.scope, packet }, FRESH)?.branches[0]?.result;
  assert.ok(done !== undefined);
  const tracked = [...(done.state.connections.get(world.stack(A.scope)?.key ?? '')?.values() ?? [])];
  return { walks: done.walks.map(({ disposition, reason }) => `${disposition} ${reason.says}`), tracked };
}

test('an error about an untracked packet is not untracked itself: it is INVALID to rules (nf_conntrack_attach)', () => {
  const track = attached({ track: UNTRACKED });
  assert.deepEqual([track, stateOf(track)], [RELATED_TO_NONE, 'INVALID']);
  assert.deepEqual([attached({ track: INVALID }), stateOf(null), stateOf(UNTRACKED)], [null, 'INVALID', 'UNTRACKED']);
});

test('an error about a packet with a template has it, too, and is tracked in its zone (nf_conntrack_attach, nf_conntrack_in)', () => {
  const packet = packetOf(worldOf(healthy.facts), { from: A.scope, to: B.address, protocol: 'tcp', port: CLOSED });
  const track = attached({ track: template({ original: 5, reply: 0 }, packet) });
  assert.deepEqual(
    [track?.zone, track?.direction, stateOf(track), isUntouched(track)],
    [{ original: 5, reply: 0 }, 'reply', 'RELATED', true],
  );
});

/** Linux 6.18: with these rules on the machine that answers, `-m conntrack --ctstate RELATED` counted the error about its reset. */
test('such an error finds the connection of what it quotes, past `-j CT --notrack` (notrack_tg, nf_conntrack_inet_error)', () => {
  const rejected = healthy
    .rule(B.scope, 'raw', '-A OUTPUT -j CT --notrack')
    .rule(B.scope, 'filter', '-A OUTPUT -p tcp -m tcp --tcp-flags RST RST -j REJECT --reject-with icmp-proto-unreachable', 0);
  const state = (name: string): string | undefined =>
    refused(rejected.rule(B.scope, 'filter', `-A OUTPUT -p icmp -m conntrack --ctstate ${name} -j DROP`, 0))
      .walks.at(-1)
      ?.split(' ')[0];
  assert.equal(state('RELATED'), 'dropped');
  assert.equal(state('UNTRACKED,INVALID'), 'delivered');
});

/** Linux 6.18: `conntrack -L` showed the connection, unreplied, though its packet was rejected on its way out. */
test('an error about a reset goes the way of the rejected packet, and puts its connection into the table (__nf_conntrack_confirm)', () => {
  const reset = healthy.rule(
    A.scope,
    'filter',
    '-A OUTPUT -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j REJECT --reject-with tcp-reset',
    0,
  );
  assert.deepEqual(refused(reset).tracked, [], 'the reset alone goes the other way round');
  const { tracked } = refused(
    reset.rule(A.scope, 'filter', '-A INPUT -p tcp -m tcp --tcp-flags RST RST -j REJECT --reject-with icmp-port-unreachable', 0),
  );
  assert.deepEqual(
    tracked.map(({ original, seenReply }) => [original.protocol, original.destinationPort, seenReply]),
    [['tcp', CLOSED, false]],
  );
});
