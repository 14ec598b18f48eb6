import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import type { Conntrack } from '#facts/conntrack/conntrack';
import { withNft } from '#testing/nft-text';
import { cluster } from '#testing/world-builder';
import { trace } from '../trace.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const [from, to] = [healthy.node('A'), healthy.node('B')];
const ends = { source: from.address, destination: to.address, sourcePort: 40_001, destinationPort: 81, icmp: null } as const;
const back = { source: to.address, destination: from.address, sourcePort: 81, destinationPort: 40_001, icmp: null } as const;
const entry: Omit<Conntrack, keyof import('#facts/kind').Fact> = {
  ...{ protocol: 'tcp', protocolNumber: 6, zone: null, original: ends, reply: back, state: 'SYN_SENT', assured: false, unreplied: true },
  ...{ timeoutSeconds: 100, mark: 0 },
};

/** Whether a segment of the captured connection is known to pass a filter, beside this translation of others. */
function isKnown(rule: string, filter: string): boolean {
  const ruleset = `table ip t {\nchain nat {\ntype nat hook output priority -100;\n${rule}\n}\nchain out {\ntype filter hook output priority 0;\n${filter} drop\n}\n}\n`;
  const built = withNft(healthy.put('conntrack', from.scope, entry), from.scope, ruleset);
  const flow = { from: from.scope, to: to.address, protocol: 'tcp', port: 81, sport: 40_001 } as const;
  return trace(worldOf(built.facts), flow).outcomes.every(({ disposition }) => disposition !== 'unknown');
}

/** Linux 6.18, scene nft:s11.827@2: `ct status ! dnat` did not hold for a connection that `dnat prefix` had left where it went, as captured. */
test('whether a captured connection that kept its destination counts as rewritten by a prefix is not told (nft_nat_setup_netmap)', () => {
  const mapping = 'tcp dport 7 dnat prefix to 10.9.0.0/24';
  assert.equal(isKnown(mapping, 'ct status dnat'), false);
  assert.equal(isKnown(mapping, 'ct state new'), true);
  assert.equal(isKnown('tcp dport 7 dnat to 10.9.0.1', 'ct status dnat'), true);
});
