import assert from 'node:assert/strict';
import test from 'node:test';
import { withNft } from '#testing/nft-text';
import { cluster } from '#testing/world-builder';
import { nftTables, type NftTables } from './nft.ts';

const { scope } = cluster().node('A');

/** The tables of a namespace where a table of a family, else of both, has one rule. */
function tables(rule: string, family = 'inet', type = 'nat'): NftTables {
  const chain = `chain c {\ntype ${type} hook prerouting priority dstnat; policy accept;\n${rule}\n}\n`;
  const partition = withNft(cluster(), scope, `table ${family} t {\n${chain}}\n`).facts.partition('nft', scope);
  assert.ok(partition !== undefined);
  return nftTables(partition);
}

/** The families whose connections a table of both makes the kernel track. */
const tracked = (rule: string): readonly number[] => [...tables(rule).tracks];

test('a rule makes the kernel track the families of its table; NAT to one family that family alone (nft_nat_init)', () => {
  assert.deepEqual(tracked('dnat ip6 to fd00:2::1'), [6]);
  assert.deepEqual(tracked('dnat ip to tcp dport map { 80 : 10.2.0.1 }'), [4]);
  assert.deepEqual(tracked('redirect to :8080'), [4, 6]);
  assert.deepEqual(tracked('ct state new counter'), [4, 6]);
  assert.deepEqual(tracked('counter'), []);
});

test('what looks for transparent sockets makes the kernel put pieces together, without tracking (nft_tproxy_init); what reads a socket does not (nft_socket_init)', () => {
  const whole = (rule: string, family?: string): readonly number[] => {
    const { tracks, reassembles } = tables(rule, family, 'filter');
    assert.deepEqual([...tracks], []);
    return [...reassembles];
  };
  assert.deepEqual(whole('udp dport 53 tproxy to :7777'), [4, 6]);
  assert.deepEqual(whole('udp dport 53 tproxy ip to 127.0.0.1:7777'), [4]);
  assert.deepEqual(whole('udp dport 53 tproxy ip6 to [::1]:7777'), [6]);
  assert.deepEqual(whole('udp dport 53 tproxy to :7777', 'ip'), [4]);
  assert.deepEqual(whole('socket transparent 1 accept'), []);
  assert.deepEqual([...tables('ct state new').reassembles], [4, 6], 'whose connections are tracked, whose pieces are put together');
});
