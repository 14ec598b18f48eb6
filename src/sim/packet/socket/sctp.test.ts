import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { ip } from '#net/ip';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import { exchange } from '../exchange.ts';
import { FRESH } from '../state.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const [client, server] = [healthy.pod('A'), healthy.pod('B')];

const packet = {
  ...({ source: client.address, destination: server.address, protocol: 'sctp', sourcePort: 40_001, destinationPort: 9999 } as const),
  ...{ tcp: null, icmp: null, size: 60, df: false, ttl: 64, mark: 0 },
};

function ended(built: BuiltCluster): readonly unknown[] {
  const walk = exchange(worldOf(built.facts), { from: client.scope, packet }, FRESH)?.branches[0]?.result.walks[0];
  return [walk?.disposition, walk?.reason.code];
}

test('SCTP reaches who listens; a kernel without it answers that it has no such protocol, what else it answers is not known', () => {
  const loaded = healthy.put('sysctl', server.scope, { name: 'net.sctp.auth_enable', value: '0' });
  const listening = loaded.put('socket', server.scope, {
    ...{ protocol: 'sctp', family: 4, state: 'LISTEN', remote: null, v6Only: undefined, recvQ: 0, sendQ: 7 },
    local: { address: ip`0.0.0.0`, port: 9999, dev: null },
    ...{ timer: undefined, process: undefined, inode: 1, uid: 0, tcp: undefined },
  });
  assert.deepEqual(ended(listening), ['delivered', 'DELIVERED']);
  assert.equal(ended(loaded)[0], 'unknown');
  assert.deepEqual(ended(healthy), ['no listener', 'IP_NOPROTO']);
});
