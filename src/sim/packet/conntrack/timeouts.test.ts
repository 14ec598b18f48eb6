import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { trackedConnection } from '#testing/tracked-connection';
import { cluster } from '#testing/world-builder';
import { packetOf } from '../trace.ts';
import { type Connection, tupleOf } from './connection.ts';
import { tcpFrom } from './tcp.ts';
import { expiryOf } from './timeouts.ts';

const SETTINGS = {
  ...{ udp_timeout: 30, udp_timeout_stream: 120, tcp_timeout_established: 1000, tcp_timeout_unacknowledged: 300 },
  ...{ tcp_timeout_max_retrans: 200, tcp_max_retrans: 3, tcp_timeout_syn_sent: 120 },
};
const plain = cluster({ nodes: 2 });
const [one, other] = [plain.node('A'), plain.node('B')];
const built = Object.entries(SETTINGS).reduce(
  (now, [name, value]) => now.sysctl(one.scope, `net.netfilter.nf_conntrack_${name}`, value),
  plain,
);

/** How many seconds a connection lives that has just had a packet: from, until, and why that is not known. */
function lives(protocol: 'tcp' | 'udp', more: Partial<Connection>, settings = built) {
  const world = worldOf(settings.facts);
  const stack = world.stack(one.scope) ?? assert.fail('no such node');
  const packet = packetOf(world, { from: one.scope, to: other.address, protocol, port: 80, sport: 40_000 });
  const expires = expiryOf(stack, trackedConnection(packet, protocol, tupleOf(packet), more), 0);
  return typeof expires === 'number' ? expires / 1000 : [expires.from / 1000, expires.until / 1000, Object.keys(expires.why)[0]];
}

/** Linux 6.18: an answered flow of UDP without ASSURED, captured, had 119 s and was ASSURED after one more packet. */
test('how long a captured flow of UDP lives depends on when it began, which is not told (nf_conntrack_udp_packet)', () => {
  assert.deepEqual(lives('udp', { seenReply: true, assured: null, wasCaptured: true }), [30, 120, 'untold']);
  assert.equal(lives('udp', { seenReply: true, assured: true, wasCaptured: true }), 120);
  assert.equal(lives('udp', { seenReply: true, assured: false }), 30);
});

test('what the ends of a captured connection of TCP have not acknowledged, or repeat, shortens its life, and is not told', () => {
  const captured = { seenReply: true, assured: true, wasCaptured: true } as const;
  assert.deepEqual(lives('tcp', { ...captured, tcp: tcpFrom('ESTABLISHED') }), [200, 1000, 'untold']);
  const unanswered = built.sysctl(one.scope, 'net.netfilter.nf_conntrack_tcp_timeout_unacknowledged', 100);
  assert.deepEqual(lives('tcp', { ...captured, tcp: tcpFrom('ESTABLISHED') }, unanswered), [100, 1000, 'untold']);
  assert.equal(lives('tcp', { ...captured, tcp: tcpFrom('SYN_SENT') }), 120, 'it is short already');
  assert.equal(lives('tcp', { seenReply: true, tcp: tcpFrom('ESTABLISHED') }), 1000, 'nobody tells the numbers of this one at all');
});
