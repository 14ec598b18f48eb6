import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { plainRoute } from '#facts/route/own-routes';
import { cidr } from '#net/cidr';
import { ip } from '#net/ip';
import { dualStack, six } from '#testing/built/dual-stack';
import { cluster } from '#testing/world-builder';
import { forced } from '#sim/clock/choice';
import { exchange } from '../exchange.ts';
import type { Packet } from '../packet.ts';
import { send } from '../send.ts';
import { FRESH } from '../state.ts';

const bare = cluster({ nodes: 1, podsPerNode: 1 });
const [node, pod] = [bare.node('A'), bare.pod('A')];
const anycast = ip`fd00:10:100:54::`;
const healthy = bare
  .having(dualStack(bare))
  .put('route', node.scope, plainRoute(cidr`fd00:10:100:54::/128`, node.bridge, { table: 'local', type: 'anycast' }))
  .sysctl(node.scope, 'net.ipv6.anycast_src_echo_reply', 0)
  .sysctl(node.scope, 'net.ipv6.icmp.echo_ignore_anycast', 0);

type Said = Pick<Packet, 'protocol' | 'destinationPort' | 'tcp' | 'icmp'>;
const echo: Said = { protocol: 'icmpv6', destinationPort: 0, tcp: null, icmp: { type: 128, code: 0, id: 7 } };
const syn: Said = { protocol: 'tcp', destinationPort: 81, tcp: { syn: true, ack: false, rst: false, fin: false }, icmp: null };
const datagram: Said = { protocol: 'udp', destinationPort: 7777, tcp: null, icmp: null };

/** How a pod's packet to its router's anycast address ends, and from where it is answered. */
function met(said: Said, built = healthy): readonly unknown[] {
  const packet: Packet = {
    source: six(pod.address),
    destination: anycast,
    sourcePort: 5555,
    ...said,
    size: 60,
    df: false,
    ttl: 64,
    mark: 0,
  };
  const [walk, answer] = exchange(worldOf(built.facts), { from: pod.scope, packet }, FRESH)?.branches[0]?.result.walks ?? [];
  return [walk?.reason.code, answer?.packet.source];
}

/** Linux 6.18.44, a router's fd09:: asked by fd09::1: the echo's reply is from fd09::2, the error from fd09::, of TCP there is no answer. */
test('who is asked at an anycast address answers by another of its own, tells errors by that itself, and no TCP', () => {
  assert.deepEqual(met(echo), ['DELIVERED', six(node.gateway)]);
  assert.deepEqual(met(datagram), ['NO_SOCKET', anycast]);
  assert.deepEqual(met(syn), ['NO_SOCKET', undefined]);
});

test('an echo to an anycast address works: who asked knows the answer by its id (ping_lookup, rawv6_rcv)', () => {
  const sent: Packet = { source: six(pod.address), destination: anycast, sourcePort: 0, ...echo, size: 60, df: false, ttl: 64, mark: 0 };
  const { works, answer } = send(worldOf(healthy.facts), pod.scope, sent, FRESH, forced(new Map()), 0);
  assert.deepEqual([works, answer.kind], ['yes', 'reply']);
});

/** Linux 6.18.44, by kfree_skb in tcp_v6_rcv: who listens on :: gets no SYN. */
test('nobody opens a connection at an anycast address (tcp_v6_conn_request)', () => {
  const open = healthy.put('socket', node.scope, {
    ...{ protocol: 'tcp', state: 'LISTEN', local: { address: ip`::`, port: 81, dev: null }, remote: null, process: null },
    ...{ inode: 1, v6Only: false, recvQ: 0, sendQ: 5, uid: 0, transparent: false, mark: 0, timer: undefined, tcp: undefined },
  });
  assert.deepEqual(met(syn, open), ['NOT_SPECIFIED', undefined]);
});

test('echoes to anycast addresses may be ignored, or answered from there (icmpv6_echo_reply)', () => {
  const ignoring = healthy.sysctl(node.scope, 'net.ipv6.icmp.echo_ignore_anycast', 1);
  assert.deepEqual(met(echo, ignoring), ['NOT_SPECIFIED', undefined]);
  assert.deepEqual(met(echo, healthy.sysctl(node.scope, 'net.ipv6.anycast_src_echo_reply', 1)), ['DELIVERED', anycast]);
});
