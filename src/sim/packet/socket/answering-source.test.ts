import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import type { Socket } from '#facts/socket/socket';
import { type Ip, ip } from '#net/ip';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import { answeringSource } from './answering-source.ts';

const bare = cluster({ nodes: 1, podsPerNode: 2 });
const [client, server] = [bare.pod('A'), bare.pod('A', 1)];
const [second, everywhere, stranger] = [ip`10.99.0.1`, ip`203.0.113.9`, ip`198.51.100.7`];

/** The server with one more address. */
const having = (address: Ip): BuiltCluster =>
  bare.put('address', server.scope, {
    ...{ dev: 'lo', address, length: 32, peer: null, broadcast: null, scope: 'global', secondary: false },
    ...{ deprecated: undefined, label: undefined },
  });

/** Where a listener on an address answers an INIT from, that came from one to another. */
function from(built: BuiltCluster, local: Ip, source: Ip, destination: Ip): string {
  const stack = worldOf(built.facts).stack(server.scope);
  assert.ok(stack !== undefined);
  const socket: Socket = {
    ...{ protocol: 'sctp', family: 4, state: 'LISTEN', remote: null, v6Only: undefined, recvQ: 0, sendQ: 7 },
    ...{ local: { address: local, port: 9999, dev: null }, timer: undefined, process: undefined, inode: 1, uid: 0, tcp: undefined },
    origin: { file: 'ss', line: 1 },
  };
  const packet = {
    ...({ source, destination, protocol: 'sctp', sourcePort: 40_001, destinationPort: 9999 } as const),
    ...{ tcp: null, icmp: null, size: 60, df: false, ttl: 64, mark: 0 },
  };
  const found = answeringSource(null, { stack, packet }, socket);
  return found.is === 'seen' ? found.address : found.gap.why;
}

test('a listener on all addresses answers from the one by which its route leads, whichever was asked (sctp_v4_get_dst)', () => {
  assert.equal(from(having(second), ip`0.0.0.0`, client.address, server.address), server.address);
  assert.equal(from(having(second), ip`0.0.0.0`, client.address, second), server.address);
  assert.equal(from(having(second), second, client.address, second), second, 'it is bound to that one alone');
  assert.equal(from(bare, ip`0.0.0.0`, server.address, server.address), server.address, 'to itself');
});

test('an address that reaches less far than the asker is taken only where none reaches as far (sctp_bind_addr_copy)', () => {
  assert.equal(from(having(second), ip`0.0.0.0`, stranger, server.address), server.address);
  assert.equal(from(having(everywhere), ip`0.0.0.0`, stranger, server.address), 'not modelled');
  assert.equal(from(having(everywhere), ip`0.0.0.0`, client.address, server.address), server.address);
});
