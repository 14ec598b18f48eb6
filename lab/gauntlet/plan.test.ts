import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Scenario } from '../vocabulary.ts';
import type { Job } from './job.ts';
import { planJobs, takenBack } from './plan.ts';

const named = (fault: string, needs: Scenario['needs']): Scenario => ({
  fault,
  title: { en: fault, zh: fault },
  play: () => ({ break: [], heal: [], probes: [], expect: { subject: '' } }),
  twins: [
    { name: 'one', play: () => ({ make: [], unmake: [] }) },
    { name: 'other', play: () => ({ make: [], unmake: [] }) },
  ],
  ...(needs === undefined ? {} : { needs }),
});
const scenarios = [
  ...Array.from({ length: 8 }, (_, at) => named(`plain-${at}`, undefined)),
  ...Array.from({ length: 3 }, (_, at) => named(`api-${at}`, { api: true })),
  named('alone', { alone: true }),
];
const extent = { seed: 's', all: false, pairs: 4, removals: 5, healthy: 1 };

test('a seed draws one plan', () => {
  assert.deepEqual(planJobs(scenarios, extent), planJobs(scenarios, extent));
  assert.notDeepEqual(planJobs(scenarios, extent), planJobs(scenarios, { ...extent, seed: 't' }));
});

test('a few plays share a cluster of the shape that all of them want', () => {
  const byCluster = new Map<string, string[]>();
  for (const job of planJobs(scenarios, extent)) {
    if (job.kind !== 'fault') continue;
    assert.equal(job.cluster === undefined, job.fault === 'alone');
    if (job.cluster !== undefined) byCluster.set(job.cluster, [...(byCluster.get(job.cluster) ?? []), job.fault]);
  }
  const shared = [...byCluster.values()];
  assert.equal(shared.flat().length, 11);
  assert.ok(shared.every((faults) => faults.length <= 6 && new Set(faults.map((fault) => fault.split('-')[0])).size === 1));
});

test('every fault is played once, and removals are spread over all of them', () => {
  const faults = planJobs(scenarios, { ...extent, removals: 30 }).filter((job) => job.kind === 'fault');
  assert.deepEqual(faults.map(({ fault }) => fault).toSorted(), scenarios.map(({ fault }) => fault).toSorted());
  assert.equal(
    faults.reduce((sum, { removals }) => sum + removals, 0),
    30,
  );
  assert.ok(faults.every(({ removals }) => removals === 2 || removals === 3));
});

test('asked for, every mend is taken back, and nothing else is otherwise', () => {
  const jobs = planJobs(scenarios, extent);
  assert.ok(jobs.some((job) => job.kind === 'fault' && job.undo === false));
  const undone = takenBack(jobs);
  assert.ok(undone.every((job) => job.kind !== 'fault' || job.undo === true));
  const drawn = (all: readonly Job[]): unknown => all.map((job) => ({ ...job, undo: undefined }));
  assert.deepEqual(drawn(undone), drawn(jobs));
});

test('two that each set up the balancer of the same Service are no pair', () => {
  const both = [named('one', { balancer: true }), named('other', { balancer: true }), named('plain', undefined)];
  const pairs = planJobs(both, { ...extent, pairs: 40 }).flatMap((job) => (job.kind === 'pair' ? [job.faults] : []));
  assert.equal(pairs.length, 40);
  assert.ok(pairs.every((faults) => faults.includes('plain')));
});
