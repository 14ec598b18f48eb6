import assert from 'node:assert/strict';
import test from 'node:test';
import { faults } from '#faults/faults';
import { breaks } from '#testing/breaks';
import { cluster } from '#testing/world-builder';
import { diagnose } from './diagnose.ts';
import type { Fault } from './fault.ts';
import { invariants } from './invariants.ts';
import { lookAgain, lookAt } from './look.ts';
import { previewPlan } from './preview.ts';
import { touchedBetween } from './touched.ts';

const healthy = cluster();
const known: readonly Fault[] = faults as readonly unknown[] as readonly Fault[];

test('a second look that passes over what is far from a change gives the answers of a full one', () => {
  for (const { make } of Object.values(breaks)) {
    const { facts } = make(healthy);
    const checks = invariants(facts);
    const [finding] = diagnose(facts, known, checks).findings;
    const mended = finding === undefined ? undefined : previewPlan(facts, finding.fix);
    assert.ok(mended?.is === 'facts');
    const results = (view: ReturnType<typeof lookAt>): readonly unknown[] => view.checks.map(({ id, answered }) => [id, answered.result]);
    assert.deepEqual(results(lookAgain(lookAt(facts, checks), mended.facts)), results(lookAt(mended.facts, checks)));
  }
});

test('a change of devices or of who answers ARP is felt everywhere, a route only where it stands', () => {
  const D = healthy.node('D');
  const after = (built: typeof healthy) => touchedBetween(healthy.facts, built.facts);
  assert.deepEqual(after(healthy), { nodes: new Set(), everywhere: false });
  assert.deepEqual(after(healthy.drop('route', D.scope, ({ to }) => to === '0.0.0.0/0')), { nodes: new Set(['D']), everywhere: false });
  assert.deepEqual(after(healthy.sysctl(D.scope, 'net.ipv4.ip_forward', 0)), { nodes: new Set(['D']), everywhere: false });
  assert.equal(after(healthy.sysctl(D.scope, 'net.ipv4.conf.all.arp_ignore', 8)).everywhere, true);
  assert.equal(after(healthy.link(D.scope, D.uplink, { up: false })).everywhere, true);
  assert.equal(after(healthy.without('address', D.scope)).nodes.has('D'), true);
});
