import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { withNft } from '#testing/nft-text';
import { dropped as droppedIn } from '#testing/one-after-another';
import { cluster } from '#testing/world-builder';

const built = cluster({ nodes: 2, podsPerNode: 1 });
const { scope } = built.node('A');
/** Every namespace tells how long it tracks a datagram that nobody answers. */
const healthy = built.nodes
  .flatMap((node) => [node.scope, ...node.pods.map((pod) => pod.scope)])
  .reduce((now, one) => now.sysctl(one, 'net.netfilter.nf_conntrack_udp_timeout', 30), built);
const flow = { from: healthy.pod('B').scope, to: healthy.pod('A').address, protocol: 'udp', port: 53 } as const;

/** What comes of packets one after another at these times, in milliseconds, where a rule with this limit drops what it lets through. */
function dropped(rule: string, times: readonly number[]): readonly string[] {
  const ruleset = `table inet t {\nchain forward {\ntype filter hook forward priority 0; policy accept;\nmeta l4proto udp ${rule} drop\n}\n}\n`;
  return droppedIn(worldOf(withNft(healthy, scope, ruleset).facts), flow, times);
}

test('packets take the tokens that were saved up, and time brings them back (nft_limit_eval)', () => {
  const rule = 'limit rate 2/minute burst 2 packets counter packets 0 bytes 0';
  assert.deepEqual(dropped(rule, [0, 1, 2, 40_000]), ['drop', 'drop', '-', 'drop']);
});

test('what the counter behind a limit counted is used up; without one that is not told', () => {
  assert.deepEqual(dropped('limit rate 1/day burst 3 packets counter packets 3 bytes 180', [0])[0], '?');
  assert.deepEqual(dropped('limit rate 1/day burst 3 packets counter packets 1 bytes 60', [0, 1, 2]), ['drop', 'drop', '?']);
  assert.deepEqual(dropped('limit rate 1/day burst 1 packets', [0]), ['?']);
});

test('a limit that is full again since the reading is known', () => {
  assert.deepEqual(dropped('limit rate 1000/second burst 10 packets', [100]), ['drop']);
  assert.deepEqual(dropped('limit rate over 1000/second burst 10 packets', [100]), ['-']);
});

test('limits of bytes and named ones are not walked', () => {
  assert.deepEqual(dropped('limit rate 10 mbytes/second', [0]), ['?']);
  assert.deepEqual(dropped('limit name "often"', [0]), ['?']);
});
