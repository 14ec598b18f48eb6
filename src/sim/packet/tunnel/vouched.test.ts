import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import type { FactOf } from '#facts/kinds';
import type { TunnelSettings } from '#facts/link/link';
import { plainRoute } from '#facts/route/own-routes';
import { cidrOf } from '#net/cidr';
import type { Ip } from '#net/ip';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import { exchange } from '../exchange.ts';
import type { Packet } from '../packet.ts';
import { FRESH } from '../state.ts';

const healthy = cluster({ nodes: 3, podsPerNode: 1 });
const [A, B, C] = [healthy.node('A'), healthy.node('B'), healthy.node('C')];
const [near, far, server] = [healthy.pod('A'), healthy.pod('C'), healthy.pod('B')];
const links = healthy.facts.seen('link', A.scope);
const vxlan = links.is === 'seen' ? links.value.find(({ name }) => name === 'flannel.1') : undefined;
assert.ok(vxlan !== undefined);

type Node = typeof A;
type Tunnel = Partial<FactOf<'link'>> & { readonly name: string };

const routed = (built: BuiltCluster, at: Node, dev: string, via: Ip | null): BuiltCluster =>
  built.change(
    'route',
    at.scope,
    ({ to, table }) => to === B.subnet && table === 'main',
    (fact) => ({ ...fact, hops: [{ dev, via, onlink: via !== null, weight: 1, dead: false }] }),
  );

const withTunnel = (built: BuiltCluster, { scope }: Node, link: Tunnel): BuiltCluster =>
  built
    .put('link', scope, { ...vxlan, index: 77, noArp: true, vxlan: null, ...link })
    .put('sysctl', scope, { name: `net.ipv4.conf.${link.name}.rp_filter`, value: '0' });

/** With pods of node C reaching those of B by node A, which takes them out of VXLAN; A's machine is a namespace of B's, or another one. */
const onward = (dev: string, via: Ip | null, uplink: 'veth' | null = 'veth'): BuiltCluster =>
  routed(routed(healthy.link(B.scope, B.uplink, { type: uplink }), C, 'flannel.1', A.vtepAddress), A, dev, via);

/** How the walks of a packet of protocol 41 end that node B rejects, and of what tells its sender. */
function told(built: BuiltCluster, from: typeof near, size = 84): readonly string[] {
  const bare = { source: from.address, destination: server.address, sourcePort: 0, destinationPort: 0, tcp: null, icmp: null } as const;
  const packet: Packet = { ...bare, protocol: 'ipv6', size, df: false, ttl: 64, mark: 0 };
  const world = worldOf(built.rule(B.scope, 'filter', '-A FORWARD -p ipv6 -j REJECT', 0).facts);
  return exchange(world, { from: from.scope, packet }, FRESH)?.branches[0]?.result.walks.map(({ disposition }) => disposition) ?? [];
}

const TOLD = ['rejected', 'delivered'];

test('what came out of WireGuard counts as summed, as its seal was checked (drivers/net/wireguard/receive.c wg_packet_consume_data_done)', () => {
  const peerOf = (other: Node, publicKey: string) => ({
    ...{ publicKey, endpoint: { address: other.address, port: 51_820 }, allowed: [other.subnet], handshake: 0 },
  });
  const sealed = [A, B].reduce(
    (now, node) =>
      withTunnel(now, node, { name: 'wg0', type: 'wireguard' }).put('wireguard', node.scope, {
        ...{ dev: 'wg0', port: 51_820, mark: 0, publicKey: node.name },
        peers: [node === A ? peerOf(B, 'B') : peerOf(A, 'A')],
      }),
    routed(healthy, A, 'wg0', null),
  );
  assert.deepEqual(told(sealed, near), TOLD);
});

test('a machine keeps to itself what it knows of a packet’s sum; namespaces tell each other (veth_xmit)', () => {
  assert.deepEqual(told(onward(A.uplink, B.address), far), TOLD);
  assert.deepEqual(told(onward(A.uplink, B.address, null), far), ['rejected']);
});

test('what a process wraps is a packet of its own', () => {
  const read = [A, B].reduce((now, node) => withTunnel(now, node, { name: 'flannel0', type: 'tun' }), onward('flannel0', null));
  const heard = read.put('socket', B.scope, {
    ...{ protocol: 'udp', family: 4, state: 'UNCONN', remote: null, v6Only: undefined, recvQ: 0, sendQ: 0, timer: null },
    ...{ local: { address: B.address, port: 8285, dev: null }, process: null, inode: 7, uid: 0, tcp: null },
  });
  assert.deepEqual(told(heard, far), ['rejected']);
});

test('a tunnel keeps what is known of the inside, unless what it wrapped is cut', () => {
  const tunnel: TunnelSettings = {
    ...{ kind: 'ipip', remote: null, local: null, dev: null, ttl: 0, tos: 0 },
    ...{ inKey: null, outKey: null, pathMtu: false, external: false },
  };
  const wrapped = [A, B].reduce((now, node) => withTunnel(now, node, { name: 'tunl0', type: 'ipip', tunnel }), onward('tunl0', B.address));
  assert.deepEqual(told(wrapped, far), TOLD);
  const narrow = wrapped.put('route', A.scope, plainRoute(cidrOf(B.address, 32), A.uplink, { mtu: 1300 }));
  assert.deepEqual([told(narrow, far, 1280), told(narrow, far, 1290)], [TOLD, ['rejected']]);
});
