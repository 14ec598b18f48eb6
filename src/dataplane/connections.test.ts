import assert from 'node:assert/strict';
import test from 'node:test';
import { cluster } from '#testing/world-builder';
import { conntrackTable, tupleKey } from './connections.ts';

test('an entry of a protocol that conntrack has no name for is found by its number', () => {
  const healthy = cluster();
  const [{ scope, address }, other] = [healthy.node('A'), healthy.node('B')];
  const bare = { sourcePort: null, destinationPort: null, icmp: null };
  const built = healthy.put('conntrack', scope, {
    protocol: 'unknown',
    protocolNumber: 50,
    timeoutSeconds: 100,
    state: null,
    original: { source: address, destination: other.address, ...bare },
    reply: { source: other.address, destination: address, ...bare },
    unreplied: true,
    assured: false,
    mark: 0,
    zone: null,
  });
  const partition = built.facts.partition('conntrack', scope) ?? assert.fail('it was put there');
  assert.equal(conntrackTable(partition).get(tupleKey('esp', address, 0, other.address, 0), 'original')?.protocolNumber, 50);
});
