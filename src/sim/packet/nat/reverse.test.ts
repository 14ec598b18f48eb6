import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { forced } from '#sim/clock/choice';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import type { Packet } from '../packet.ts';
import { send } from '../send.ts';
import { FRESH } from '../state.ts';
import { packetOf } from '../trace.ts';

const healthy = cluster({ nodes: 2 });
const { scope, address } = healthy.node('A');
const first = forced(new Map());

/** A packet of node A to the other node, and what its ports the other way round become; TCP picks both up in the middle. */
function thereAndBack(built: BuiltCluster, protocol: 'udp' | 'tcp') {
  const world = worldOf(built.facts);
  const opened = packetOf(world, { from: scope, to: built.node('B').address, protocol, port: 9000, sport: 40001 });
  const packet: Packet = protocol === 'udp' ? opened : { ...opened, tcp: { syn: false, ack: true, rst: false, fin: false } };
  const there = send(world, scope, packet, FRESH, first, 0);
  const answer: Packet = {
    ...packet,
    source: packet.destination,
    destination: address,
    sourcePort: packet.destinationPort,
    destinationPort: packet.sourcePort,
  };
  return send(world, built.node('B').scope, answer, there.state, first, 10);
}

const ofKernel = (built: BuiltCluster, kernel: string): BuiltCluster => built.change('host', scope, () => true, { kernel });

const zoned = healthy
  .rule(scope, 'raw', '-A OUTPUT -p udp -j CT --zone-reply 7')
  .rule(scope, 'raw', '-A OUTPUT -p tcp -j CT --zone-reply 7');

test('an answer in another zone than its connection is the very reverse of it, keeps its ports, and is lost (nf_nat_used_tuple_new)', () => {
  const { disposition, reason, received } = thereAndBack(zoned, 'udp');
  assert.deepEqual([disposition, reason.code, received.sourcePort], ['dropped', 'NETFILTER_DROP', 9000]);
  assert.match(reason.says, /another connection has the answers' tuple/);
  assert.equal(thereAndBack(healthy, 'udp').reason.code, 'NO_SOCKET');
});

/**
 * Linux 6.18, scene conntrack:s22.353: `ct status` had neither IPS_SRC_NAT_DONE nor IPS_DST_NAT_DONE, and `conntrack -S` counted drop and
 * insert_failed. Before 6.12 read in __nf_ct_resolve_clash.
 */
test('where NAT was never asked about a connection of the run, its very reverse joined it before nf_ct_can_merge', () => {
  const rules = healthy.facts.partition('iptables', scope) ?? assert.fail('it has rules');
  const bare = healthy.replace({ ...rules, facts: [] }).rule(scope, 'raw', '-A OUTPUT -p udp -j CT --zone-reply 7');
  const ends = (kernel: string) => thereAndBack(ofKernel(bare, kernel), 'udp').reason.code;
  assert.deepEqual([ends('6.18.44'), ends('6.12.0'), ends('6.11.0')], ['NETFILTER_DROP', 'NETFILTER_DROP', 'NO_SOCKET']);
});

/** Linux 6.18: `conntrack -L` showed both connections, the later one with another port. */
test('of TCP it gets another port (allow_clash)', () => {
  const { reason, received } = thereAndBack(zoned, 'tcp');
  assert.deepEqual([reason.code, received.drawn?.source], ['NO_SOCKET', [1024, 65535]]);
});

test('whether NAT was asked about a captured connection that it left as it was, no listing tells: what clashed with it before 6.12 is unknown', () => {
  const [from, to] = [healthy.node('B').address, address];
  const captured = healthy.put('conntrack', scope, {
    protocol: 'udp',
    protocolNumber: 17,
    timeoutSeconds: 100,
    state: null,
    original: { source: to, destination: from, sourcePort: 40001, destinationPort: 9000, icmp: null },
    reply: { source: from, destination: to, sourcePort: 9000, destinationPort: 40001, icmp: null },
    unreplied: false,
    assured: false,
    mark: 0,
    zone: null,
    zoneReply: 7,
  });
  const host = healthy.node('B').scope;
  const after = (kernel: string, isRenewed: boolean) => {
    const world = worldOf(ofKernel(captured, kernel).facts);
    const asked = packetOf(world, { from: scope, to: from, protocol: 'udp', port: 9000, sport: 40001 });
    const state = isRenewed ? send(world, scope, asked, FRESH, first, 0).state : FRESH;
    const packet = packetOf(world, { from: host, to, protocol: 'udp', port: 40001, sport: 9000 });
    return send(world, host, packet, state, first, 10);
  };
  const ends = (kernel: string) => [false, true].map((isRenewed) => after(kernel, isRenewed).disposition);
  assert.deepEqual(ends('6.11.0'), ['unknown', 'unknown'], 'nor when a packet has taken it up');
  assert.match(after('6.11.0', false).reason.says, /only if NAT was never asked about it, which no listing tells/);
  assert.deepEqual(ends('6.12.0'), ['dropped', 'dropped']);
});
