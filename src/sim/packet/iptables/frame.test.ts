import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { cluster } from '#testing/world-builder';
import { exchange } from '../exchange.ts';
import { FRESH } from '../state.ts';
import { packetOf } from '../trace.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const { scope } = healthy.node('B');
const flow = { from: healthy.pod('B').scope, to: healthy.pod('A').address, protocol: 'udp', port: 53 } as const;

/** How likely each end is of a packet whose destination port was drawn, under a rule that drops one port, and others of another port. */
function ends(others: number): readonly (readonly [string, number | null])[] {
  const rules = [8080, ...Array.from({ length: others }, (_, at) => 100 + at)].map(
    (port) => `-A FORWARD -p udp -m udp --dport ${port} -j DROP`,
  );
  const world = worldOf(rules.reduceRight((now, rule) => now.rule(scope, 'filter', rule, 0), healthy).facts);
  const packet = { ...packetOf(world, flow), drawn: { destination: [8079, 8082] } as const };
  const branches = exchange(world, { from: flow.from, packet }, FRESH)?.branches ?? [];
  return branches.map(({ result, choices }) => [
    result.walks[0]?.reason.code ?? '',
    choices.reduce<number | null>((all, { probability }) => (probability === null ? all : (all ?? 1) * probability), null),
  ]);
}

test('a port that was drawn is looked for among all that it may be, in a long chain as in a short one', () => {
  const short = ends(2);
  assert.ok(short.some(([code, probability]) => code === 'NETFILTER_DROP' && probability === 0.25));
  assert.deepEqual(ends(20), short);
});
