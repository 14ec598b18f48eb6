import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import type { RecentAddress } from '#facts/recent-address/recent-address';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import { trace } from '../../trace.ts';

const healthy = cluster({ nodes: 2 });
const [client, server] = [healthy.pod('A'), healthy.pod('B')];
const { scope } = healthy.node('B');

/** A node whose list `seen` holds the client, seen so long ago, or holds nobody. */
function listed(seenMs: RecentAddress['seenMs'] | null, built = healthy): BuiltCluster {
  const held = built.put('recent-address', scope, {
    list: 'seen',
    address: client.address,
    ttl: 0,
    times: seenMs?.length ?? 1,
    seenMs: seenMs ?? undefined,
  });
  return seenMs === null ? held.drop('recent-address', scope, () => true) : held;
}

const works = (built: BuiltCluster, ...rules: readonly string[]) => {
  const { facts } = rules.reduceRight((now, rule) => now.rule(scope, 'mangle', rule, 0), built);
  return trace(worldOf(facts), { from: client.scope, to: server.address, protocol: 'icmp' }).outcomes.map((one) => one.works);
};

const DROP = '-A FORWARD -m recent --rcheck --seconds 60 --name seen --rsource -j DROP';

test('whom a list remembers long enough matches, as it was read', () => {
  assert.deepEqual(works(listed([5000]), DROP), ['no']);
  assert.deepEqual(works(listed([61_000]), DROP), ['yes']);
  assert.deepEqual(works(listed(null), DROP), ['yes']);
  assert.deepEqual(works(listed([5000, 7000]), DROP.replace('--name', '--hitcount 2 --name')), ['no']);
  assert.deepEqual(works(listed([5000, 70_000]), DROP.replace('--name', '--hitcount 2 --name')), ['yes']);
});

test('a list that nobody read is unknown, and so is when it was where the clock was not told', () => {
  assert.deepEqual(works(healthy, DROP), ['unknown']);
  assert.deepEqual(works(listed(undefined), DROP), ['unknown']);
  assert.deepEqual(works(listed(undefined), DROP.replace(' --seconds 60', '')), ['no']);
});

test('what a rule puts on a list or takes off it the next one finds, read or not', () => {
  const set = '-A FORWARD -m recent --set --name seen --rsource';
  const remove = '-A FORWARD -m recent --remove --name seen --rsource';
  assert.deepEqual(works(healthy, set, DROP), ['no']);
  assert.deepEqual(works(healthy, set, remove, DROP), ['yes']);
  assert.deepEqual(works(listed([61_000]), '-A FORWARD -m recent --rcheck --seconds 60 --reap --name seen --rsource', DROP), ['yes']);
  const half = '-A FORWARD -m statistic --mode random --probability 0.5 -m recent --set --name seen --rsource';
  assert.deepEqual([...new Set(works(listed(null), half, DROP))].toSorted(), ['no', 'yes'], 'dice that are thrown before decide it');
  const perhaps = half.replace('-m statistic --mode random --probability 0.5', '-m u32 --u32 "0=0"');
  assert.ok(works(listed(null), perhaps, DROP).includes('unknown'), 'whether it was put there nobody knows');
});

test('a mask joins addresses; of two masks nobody knows which the list has', () => {
  const masked = DROP.replace('--name', '--mask 255.255.255.0 --name');
  const set = masked.replace('--rcheck --seconds 60', '--set').replace(' -j DROP', '');
  assert.deepEqual(works(healthy, set, masked), ['no']);
  assert.deepEqual(works(listed(null), masked, DROP), ['unknown']);
});
