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

/** Linux 6.18 built without CONFIG_INIT_STACK_ALL_ZERO, scene nft:ds1.53+talk@1: `ct status dnat` held, and the router's error came as from the other end. */
test('whether a prefix that leads to the same address is NAT is not known (nft_nat_setup_netmap)', () => {
  const known = (rule: string): boolean => {
    const ruleset = `table ip t {\nchain out {\ntype nat hook output priority -100;\n${rule}\n}\n}\n`;
    const flow = { from: scope, to: ip`10.77.3.7`, protocol: 'tcp', port: 81 } as const;
    return trace(worldOf(withNft(healthy, scope, ruleset).facts), flow).outcomes.every(({ disposition }) => disposition !== 'unknown');
  };
  assert.equal(known('dnat prefix to 10.77.3.0/24'), false);
  assert.equal(known('dnat prefix to 10.77.4.0/24'), true);
  assert.equal(known('dnat to 10.77.3.7'), true);
});
