import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { ip } from '#net/ip';
import { withNft } from '#testing/nft-text';
import { cluster } from '#testing/world-builder';
import { packetOf, trace } from '../trace.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const { scope } = healthy.node('B');
const flow = { from: scope, to: ip`10.77.3.7`, protocol: 'udp', port: 53 } as const;
const { size } = packetOf(worldOf(healthy.facts), flow);

/** What comes of a packet that a rule with this quota drops. */
function ends(quota: string): string {
  const ruleset = `table ip t {\nchain o {\ntype filter hook output priority 0;\nquota ${quota} drop\n}\n}\n`;
  const reason = trace(worldOf(withNft(healthy, scope, ruleset).facts), flow).outcomes[0]?.reason;
  return reason?.gap?.of === 'nft' ? 'unknown' : reason?.code === 'NETFILTER_DROP' ? 'dropped' : 'passed';
}

test('a quota holds until it is used up, or from then on (nft_quota.c nft_overquota)', () => {
  assert.deepEqual([ends('1000 bytes used 0 bytes'), ends('over 1000 bytes used 0 bytes')], ['dropped', 'passed']);
  assert.deepEqual([ends('1000 bytes used 1000 bytes'), ends('over 1000 bytes used 1000 bytes')], ['passed', 'dropped']);
});

test('whether one that the packet just uses up is over depends on the kernel’s patches', () => {
  assert.deepEqual(
    [ends(`1000 bytes used ${1000 - size} bytes`), ends(`over 1000 bytes used ${1000 - size} bytes`)],
    ['unknown', 'unknown'],
  );
  assert.equal(ends(`1000 bytes used ${999 - size} bytes`), 'dropped');
});
