import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { ip } from '#net/ip';
import { forced } from '#sim/clock/choice';
import { withNft } from '#testing/nft-text';
import { cluster } from '#testing/world-builder';
import { send } from '../send.ts';
import { FRESH } from '../state.ts';
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

/** Linux 6.18, by hand: of six datagrams of 40 bytes `quota 100 bytes counter` counted two, `quota over 100 bytes` four, and a named quota two. */
test('what a packet took of a quota the next one has not (nft_quota_do_eval)', () => {
  const drops = (quota: string, more = ''): readonly boolean[] => {
    const ruleset = `table ip t {\n${more}chain o {\ntype filter hook output priority 0;\nquota ${quota} drop\n}\n}\n`;
    const world = worldOf(withNft(healthy, scope, ruleset).facts);
    let state = FRESH;
    return [1, 2, 3, 4].map((at) => {
      const result = send(world, scope, packetOf(world, flow), state, forced(new Map()), at);
      state = result.state;
      return result.disposition === 'dropped';
    });
  };
  const bytes = 2 * size + 1;
  assert.deepEqual(drops(`${bytes} bytes used 0 bytes`), [true, true, false, false]);
  assert.deepEqual(drops(`over ${bytes} bytes used 0 bytes`), [false, false, true, true]);
  assert.deepEqual(drops('name "q"', `quota q {\n${bytes} bytes used 0 bytes\n}\n`), [true, true, false, false]);
});
