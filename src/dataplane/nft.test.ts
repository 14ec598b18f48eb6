import assert from 'node:assert/strict';
import test from 'node:test';
import { withNft } from '#testing/nft-text';
import { cluster } from '#testing/world-builder';
import { nftTables } from './nft.ts';

const { scope } = cluster().node('A');

/** The families whose connections a table of both makes the kernel track. */
function tracked(rule: string): readonly number[] {
  const chain = `chain c {\ntype nat hook prerouting priority dstnat; policy accept;\n${rule}\n}\n`;
  const partition = withNft(cluster(), scope, `table inet t {\n${chain}}\n`).facts.partition('nft', scope);
  return partition === undefined ? [] : [...nftTables(partition).tracks];
}

test('a rule makes the kernel track the families of its table; NAT to one family that family alone (nft_nat_init)', () => {
  assert.deepEqual(tracked('dnat ip6 to fd00:2::1'), [6]);
  assert.deepEqual(tracked('dnat ip to tcp dport map { 80 : 10.2.0.1 }'), [4]);
  assert.deepEqual(tracked('redirect to :8080'), [4, 6]);
  assert.deepEqual(tracked('ct state new counter'), [4, 6]);
  assert.deepEqual(tracked('counter'), []);
});
