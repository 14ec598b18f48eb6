import assert from 'node:assert/strict';
import test from 'node:test';
import { type World, worldOf } from '#dataplane/world';
import { dropped as droppedIn } from '#testing/one-after-another';
import { cluster } from '#testing/world-builder';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const { scope } = healthy.node('A');
const flow = { from: healthy.pod('B').scope, to: healthy.pod('A').address, protocol: 'udp', port: 53 } as const;

/** The world with such a rule in front, that counted so many packets before; none: its counters were not captured. */
function limited(match: string, packets: number | undefined): World {
  const { facts } = healthy.rule(scope, 'filter', `-A FORWARD -p udp ${match} -j DROP`, 0);
  const partition = facts.partition('iptables', scope);
  assert.ok(partition !== undefined);
  const counters = packets === undefined ? undefined : { packets, bytes: 60 * packets };
  const tables = partition.facts.map((table) => ({
    ...table,
    chains: table.chains.map((chain) => ({ ...chain, rules: chain.rules.map((rule) => ({ ...rule, counters })) })),
  }));
  return worldOf(facts.with({ ...partition, facts: tables }));
}

/** What comes of packets one after another at these times, in milliseconds: as many are dropped as the limit lets match. */
function dropped(match: string, times: readonly number[], counted: number | 'not captured' = 0): readonly string[] {
  return droppedIn(limited(match, counted === 'not captured' ? undefined : counted), flow, times);
}

const atOnce = (count: number): readonly number[] => Array.from({ length: count }, () => 0);

test('so many packets match as the limit has saved up, then one per period (xt_limit.c limit_mt)', () => {
  assert.deepEqual(dropped('-m limit --limit 1/day', atOnce(6)), ['drop', 'drop', 'drop', 'drop', 'drop', '-']);
  assert.deepEqual(dropped('-m limit --limit 1/sec --limit-burst 1', [0, 900, 1000, 1100]), ['drop', '-', 'drop', '-']);
  assert.deepEqual(dropped('-m limit --limit 10000/sec --limit-burst 10000', atOnce(3)), ['drop', 'drop', 'drop']);
});

test('what a rule counted before the reading was used up, and when nobody told', () => {
  assert.deepEqual(dropped('-m limit --limit 1/day', atOnce(3), 3), ['drop', 'drop', '?']);
  assert.deepEqual(dropped('-m limit --limit 1/day', atOnce(1), 9), ['?']);
  assert.deepEqual(dropped('-m limit --limit 1/day', atOnce(1), 'not captured'), ['?'], 'its counters were not captured');
});

test('a match behind the limit uses tokens up that the rule does not count', () => {
  assert.deepEqual(dropped('-m limit --limit 1/day -m length --length 0:9000', atOnce(1)), ['?']);
});
