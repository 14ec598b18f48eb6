import assert from 'node:assert/strict';
import test from 'node:test';
import type { IpvsMatch } from '#facts/ipvs-service/ipvs-service';
import { ip } from '#net/ip';
import { asked, balanced, client, D, far, fromClient, LED_FAR, near, PORT, sent, server, VIRTUAL } from '#testing/balanced-world';
import type { BuiltCluster } from '#testing/world-builder';
import type { Packet } from '../packet.ts';

/** The client's connection to the virtual server, which the far pod serves. */
const toFar = {
  ...{ protocol: 'udp', client: client.address, clientPort: 40_001, virtual: VIRTUAL, virtualPort: PORT },
  ...{ server: far.address, serverPort: PORT, state: 'UDP', expiresSeconds: 250 },
} as const;
const opening: Packet = { ...asked, protocol: 'tcp', tcp: { syn: true, ack: false, rst: false, fin: false } };
const whereTo = (built: BuiltCluster, packet: Packet = asked) =>
  new Set(sent(built, { from: client.scope, packet }).branches.map(({ result }) => endOf(result.walks[0])));
const endOf = (walk: { disposition: string; received: Packet } | undefined) =>
  walk?.disposition === 'dropped' ? 'dropped' : walk?.received.destination;

/** Measured on Linux 6.1: after `ipvsadm -C` a packet of an old connection comes to the local stack, also beside a virtual server of IPv6; beside another of IPv4 it is dropped. */
test('without a virtual server of their family packets are not looked at since Linux 5.9, old connections or not (__ip_vs_del_service)', () => {
  const left = (kernel: string, other: IpvsMatch | null) => {
    const gone = balanced([])
      .drop('ipvs-service', D.scope, () => true)
      .put('ipvs-connection', D.scope, toFar)
      .change('host', D.scope, () => true, { kernel });
    const service = { scheduler: 'rr', persistentSeconds: null, perPacket: false, servers: [] };
    const built = other === null ? gone : gone.put('ipvs-service', D.scope, { match: other, ...service });
    return sent(built, fromClient).branches[0]?.result.walks[0]?.reason.says.startsWith('IPVS sends') === true;
  };
  assert.equal(left('6.1.0', null), false);
  assert.equal(left('6.1.0', { by: 'address', protocol: 'udp', address: ip`fd00::77`, port: PORT }), false);
  assert.equal(left('6.1.0', { by: 'address', protocol: 'udp', address: ip`10.96.77.78`, port: PORT }), true);
  assert.equal(left('5.4.0', null), true);
});

/** Measured on Linux 6.1: the first packet is lost, and the entry of conntrack with it; the second one's answers come from the other server. */
test('a connection that ends takes its entry of conntrack along: the next packet is tracked anew (ip_vs_conn_drop_conntrack)', () => {
  const built = balanced([server(near.address)], { 'net.ipv4.vs.expire_nodest_conn': '1', 'net.ipv4.vs.conntrack': '1' })
    .put('ipvs-connection', D.scope, toFar)
    .put('conntrack', D.scope, LED_FAR)
    .rule(D.scope, 'filter', `-A FORWARD -s ${near.address} -m conntrack --ctstate NEW -j DROP`, 0);
  const [first] = sent(built, fromClient).branches;
  assert.equal(first?.result.walks[0]?.disposition, 'dropped');
  const [second] = sent(built, fromClient, first.result.state).branches;
  assert.equal(second?.result.walks[0]?.received.destination, near.address);
  const answer = { ...asked, source: near.address, destination: client.address, sourcePort: PORT, destinationPort: 40_001 };
  const [back] = sent(built, { from: near.scope, packet: answer }, second.result.state).branches;
  assert.deepEqual([back?.result.walks[0]?.at.netns, back?.result.walks[0]?.received.source], [client.scope.netns, VIRTUAL]);
});

/** A connection of TCP that is over for IPVS and not for conntrack. */
const over = (built: BuiltCluster): BuiltCluster =>
  built
    .put('ipvs-connection', D.scope, { ...toFar, protocol: 'tcp', state: 'TIME_WAIT' })
    .put('conntrack', D.scope, { ...LED_FAR, protocol: 'tcp', protocolNumber: 6, state: 'LAST_ACK', unreplied: false, assured: true });

/** By the source: a connection of a persistent virtual server has its template for `control`. */
test('a SYN takes up a connection that is over where its client is kept, and else ends it (is_new_conn_expected)', () => {
  const settings = { 'net.ipv4.vs.conn_reuse_mode': '1', 'net.ipv4.vs.conntrack': '1' };
  const built = over(balanced([server(far.address)], settings, 'tcp'));
  assert.deepEqual(whereTo(built, opening), new Set(['dropped']));
  const kept = built.change('ipvs-service', D.scope, () => true, { persistentSeconds: 10_800 });
  assert.deepEqual(whereTo(kept, opening), new Set([far.address]));
});

/** By the source: f0a5e4d7a594 (5.9) and c95c07836fa4 (5.16), both taken over by older kernels of distributions. */
test('what an older kernel does with a connection that is used again is known where no later change of it matters', () => {
  const after = (kernel: string, reuse: '0' | '1') => {
    const settings = { 'net.ipv4.vs.conn_reuse_mode': reuse, 'net.ipv4.vs.expire_nodest_conn': '1', 'net.ipv4.vs.conntrack': '1' };
    const built = balanced([server(far.address, 0), server(near.address)], settings, 'tcp')
      .put('ipvs-connection', D.scope, { ...toFar, protocol: 'tcp', state: 'ESTABLISHED' })
      .change('host', D.scope, () => true, { kernel });
    return whereTo(built, opening);
  };
  assert.deepEqual(after('6.1.0', '0'), new Set([near.address]));
  assert.deepEqual(after('5.10.0', '1'), new Set([near.address]));
  assert.deepEqual(after('5.10.0', '0'), new Set([near.address, far.address]), 'with the mode kube-proxy set before 5.9 it may stay');
  assert.deepEqual(after('5.4.0', '1'), new Set([near.address, 'dropped']), 'what is tracked may be dropped once');
});

/** By the source: ip_vs_conn_hash puts what is new in front, and /proc/net/ip_vs_conn lists in that order. */
test('of two connections with one answer the one that is listed first takes it (ip_vs_conn_out_get)', () => {
  const second = ip`10.96.77.78`;
  const built = balanced([server(far.address)])
    .put('ipvs-connection', D.scope, { ...toFar, virtual: second })
    .put('ipvs-connection', D.scope, toFar);
  const answer = { ...asked, source: far.address, destination: client.address, sourcePort: PORT, destinationPort: 40_001 };
  const [back] = sent(built, { from: far.scope, packet: answer }).branches;
  assert.equal(back?.result.walks[0]?.received.source, second);
});

/** By the source (is_new_conn). */
test('an INIT of SCTP leaves a server of weight 0 as a SYN does', () => {
  const built = balanced([server(far.address, 0), server(near.address)], { 'net.ipv4.vs.expire_nodest_conn': '1' }, 'sctp').put(
    'ipvs-connection',
    D.scope,
    { ...toFar, protocol: 'sctp', state: 'ESTABLISHED' },
  );
  assert.deepEqual(whereTo(built, { ...asked, protocol: 'sctp', sctp: { tag: 0, chunks: [{ type: 'INIT' }] } }), new Set([near.address]));
});
