import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { cluster } from '#testing/world-builder';
import { trace } from './trace.ts';
import { TARGETS } from './iptables/target/targets.ts';
import { UNMODELLED } from './unmodelled.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const { scope } = healthy.node('A');

test('what is listed as not modelled ends unknown with the reason that is listed (ip_tables.c ipt_do_table)', () => {
  for (const { construct, reason } of UNMODELLED.filter((one) => one.construct.startsWith('-'))) {
    const rule = construct.startsWith('-j') ? `-A FORWARD ${construct}` : `-A FORWARD ${construct} -j DROP`;
    const world = worldOf(healthy.rule(scope, 'filter', rule, 0).facts);
    const flow = { from: healthy.pod('B').scope, to: healthy.pod('A').address, protocol: 'tcp', port: 80 } as const;
    const [outcome] = trace(world, flow).outcomes;
    assert.equal(outcome?.disposition, 'unknown', construct);
    assert.ok(outcome?.reason.says.includes(reason), outcome?.reason.says);
  }
});

test('no target is both followed and listed as not modelled', () => {
  for (const { construct } of UNMODELLED) assert.ok(!TARGETS.has(construct.replace('-j ', '')), construct);
});
