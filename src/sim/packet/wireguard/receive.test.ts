import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { cluster } from '#testing/world-builder';
import { skbOf } from '../answer.ts';
import type { Packet } from '../packet.ts';
import { wireguardReceive } from './receive.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const [A, B] = [healthy.node('A'), healthy.node('B')];
const [client, server] = [healthy.pod('A'), healthy.pod('B')];

test('congestion that the outside met is told to the inside, and what cannot tell of it is let in (wg_packet_consume_data_done, IP_ECN_set_ce)', () => {
  const seen = healthy.facts.seen('link', B.scope);
  const vxlan = seen.is === 'seen' ? seen.value.find(({ name }) => name === 'flannel.1') : undefined;
  assert.ok(vxlan !== undefined);
  const peer = { publicKey: 'a', endpoint: null, allowed: [A.subnet], handshake: 0 };
  const built = healthy
    .put('link', B.scope, { ...vxlan, name: 'wg0', index: 77, type: 'wireguard', noArp: true, vxlan: null })
    .put('wireguard', B.scope, { dev: 'wg0', publicKey: 'b', port: 51_820, mark: 0, peers: [peer] });
  const stack = worldOf(built.facts).stack(B.scope) ?? assert.fail('no such node');
  const came = (outside: number, inside: number): unknown => {
    const ends = { source: A.address, destination: B.address, sourcePort: 51_820, destinationPort: 51_820, tcp: null, icmp: null } as const;
    const outer: Packet = { ...ends, protocol: 'udp', size: 140, df: false, ttl: 64, mark: 0, tos: outside };
    const inner: Packet = { ...outer, source: client.address, destination: server.address, size: 60, tos: inside };
    const sealed = { how: 'wireguard', packet: inner, frame: null, id: null, sealedBy: 'a', wire: 60, carries: null } as const;
    const next = wireguardReceive(skbOf(stack, outer), sealed);
    return next.stage === 'receive' ? next.skb.packet.tos : next.stage;
  };
  assert.deepEqual([came(3, 0x22), came(3, 1), came(3, 0), came(1, 0x22), came(0, 0x22)], [0x23, 3, 0, 0x22, 0x22]);
});
