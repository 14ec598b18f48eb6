import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { ip } from '#net/ip';
import { withNft } from '#testing/nft-text';
import { cluster } from '#testing/world-builder';
import { trace } from '../trace.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const { scope } = healthy.node('B');

/** Where what goes to this address arrives under a rule of the hook output. */
function received(rule: string, to: string): string | undefined {
  const ruleset = `table ip t {\nchain out {\ntype nat hook output priority -100;\n${rule}\n}\n}\n`;
  const flow = { from: scope, to: ip`${to}`, protocol: 'tcp', port: 81 } as const;
  return trace(worldOf(withNft(healthy, scope, ruleset).facts), flow).outcomes[0]?.received.destination;
}

test('a prefix replaces the network part and keeps the host part (nft_nat.c nft_nat_setup_netmap)', () => {
  assert.equal(received('dnat prefix to 10.9.0.0/24', '10.77.3.7'), '10.9.0.7');
  assert.equal(received('dnat prefix to 10.9.0.0/16', '10.77.3.7'), '10.9.3.7');
  assert.equal(received('dnat ip prefix to ip daddr map { 10.77.3.0/24 : 10.9.2.0/24 }', '10.77.3.8'), '10.9.2.8');
  assert.equal(received('dnat ip prefix to ip daddr map { 10.77.3.0/24 : 10.9.2.0/24 }', '10.77.4.8'), '10.77.4.8');
  assert.notEqual(received('dnat to 10.9.0.0/16', '10.77.3.7'), '10.9.3.7', 'any of these, by a hash');
});
