import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { withNft } from '#testing/nft-text';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import { exchange } from '../exchange.ts';
import type { Packet } from '../packet.ts';
import { FRESH, type State } from '../state.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const A = healthy.node('A');
const [client, server] = [healthy.pod('A'), healthy.pod('B')];

const DEVICES = 'devices = { cni0, flannel.1 };';
const flowtable = (rule: string): string =>
  `table ip t {\nflowtable ft {\nhook ingress priority 0;\n${DEVICES}\n}\nchain c {\ntype filter hook forward priority 10; policy accept;\n${rule}\n}\n}\n`;

const asked: Packet = {
  ...{ source: client.address, destination: server.address, protocol: 'udp', sourcePort: 40_001, destinationPort: 53 },
  ...{ tcp: null, icmp: null, size: 60, df: false, ttl: 64, mark: 0 },
};

function sent(built: BuiltCluster, packet: Packet, state: State = FRESH) {
  const result = exchange(worldOf(built.facts), { from: client.scope, packet }, state)?.branches[0]?.result;
  const walk = result?.walks[0];
  assert.ok(result !== undefined && walk !== undefined);
  const here = walk.hops.find(({ at }) => at.node === 'A' && at.netns === '');
  return { state: result.state, code: walk.reason.code, elements: here?.steps.map(({ element }) => element) ?? [], ttl: walk.received.ttl };
}

/** Node A tracks the client's connection, which its flowtable has taken or not. */
const tracked = (built: BuiltCluster, more: { readonly offloaded?: true }, protocol: 'tcp' | 'udp' = 'udp'): BuiltCluster =>
  built.put('conntrack', A.scope, {
    ...{ protocol, protocolNumber: protocol === 'udp' ? 17 : 6, timeoutSeconds: null, state: null },
    ...{ unreplied: false, assured: false, mark: 0, zone: null, ...more },
    original: { source: client.address, destination: server.address, sourcePort: 40_001, destinationPort: 53, icmp: null },
    reply: { source: server.address, destination: client.address, sourcePort: 53, destinationPort: 40_001, icmp: null },
  });

test('a connection that a flowtable has taken is asked by no rule (nf_flow_offload_ip_hook)', () => {
  const dropping = withNft(healthy, A.scope, flowtable('drop'));
  assert.equal(sent(tracked(dropping, {}), asked).code, 'NETFILTER_DROP');
  const cut = sent(tracked(dropping, { offloaded: true }), asked);
  assert.equal(cut.code, 'NO_SOCKET');
  assert.deepEqual(cut.elements.slice(0, cut.elements.indexOf('vxlan')), ['conntrack', 'flowtable', 'neighbour']);
  assert.equal(cut.ttl, sent(healthy, asked).ttl);
});

test('pieces, last hops and the end of a connection go the usual way, and all after it (flow_offload_teardown)', () => {
  const built = tracked(withNft(healthy, A.scope, flowtable('drop')), { offloaded: true }, 'tcp');
  const tcp = { syn: false, ack: true, fin: false, rst: false };
  const segment: Packet = { ...asked, protocol: 'tcp', tcp };
  assert.notEqual(sent(built, segment).code, 'NETFILTER_DROP');
  assert.equal(sent(built, { ...segment, ttl: 1 }).code, 'IP_INHDR');
  const ended = sent(built, { ...segment, tcp: { ...tcp, fin: true } });
  assert.equal(ended.code, 'NETFILTER_DROP');
  assert.equal(sent(built, segment, ended.state).code, 'NETFILTER_DROP');
});

test('flow add takes what is in the table: UDP with its second packet (nft_flow_offload_eval)', () => {
  const built = withNft(healthy, A.scope, flowtable('udp dport 53 counter flow add @ft'));
  const first = sent(built, asked);
  const second = sent(built, asked, first.state);
  const third = sent(built, asked, second.state);
  assert.deepEqual(
    [first, second, third].map(({ elements }) => elements.includes('flowtable')),
    [false, false, true],
  );
});
