import assert from 'node:assert/strict';
import test from 'node:test';
import type { Gap } from '#snapshot/gap';
import { cluster } from '#testing/world-builder';
import { worldOf } from '#dataplane/world';
import { unknown } from './next.ts';
import { trace } from './trace.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const { scope } = healthy.node('A');

test('what was read in part says what to run to know the rest', () => {
  const routes = healthy.facts.partition('route', scope);
  assert.ok(routes !== undefined);
  const facts = healthy.facts.with({ ...routes, facts: [], covers: [] });
  const { outcomes } = trace(worldOf(facts), { from: scope, to: healthy.pod('B').address, protocol: 'icmp' });
  const { disposition, reason } = outcomes[0] ?? assert.fail('no outcome');
  assert.deepEqual([disposition, reason.says], ['unknown', 'routing table main was not read whole']);
  assert.equal(reason.gap?.capture, 'ip -d -j route show table all');
});

test('what no reading would tell names none, and what says itself what to run is left so', () => {
  const skb = { in: undefined, stack: { scope } } as unknown as Parameters<typeof unknown>[0];
  const of = (gap: Gap): string | undefined => unknown(skb, gap).reason.gap?.capture;
  const gap = { of: 'link', scope, detail: 'the VXLAN settings of flannel.1 were not read' } as const;
  assert.equal(of({ ...gap, why: 'not told' }), 'ip -d -j link show');
  assert.equal(of({ ...gap, why: 'not modelled' }), undefined);
  assert.equal(of({ ...gap, why: 'not told', of: 'moon' }), undefined);
  assert.equal(of({ ...gap, why: 'not told', capture: 'look' }), 'look');
});
