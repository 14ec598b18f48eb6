import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Scenario } from '../vocabulary.ts';
import { inTurn, type Plan, planJobs } from './plan.ts';

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
const allOf = ({ early, late }: Plan) => [...early, ...late];
const extent = { seed: 's', all: false, pairs: 4, removals: 5, healthy: 1 };

test('a seed draws one plan', () => {
  assert.deepEqual(planJobs(scenarios, extent), planJobs(scenarios, extent));
  assert.notDeepEqual(planJobs(scenarios, extent), planJobs(scenarios, { ...extent, seed: 't' }));
});

test('a few plays share a cluster of the shape that all of them want', () => {
  const byCluster = new Map<string, string[]>();
  for (const job of allOf(planJobs(scenarios, extent))) {
    if (job.kind !== 'fault') continue;
    assert.equal(job.cluster === undefined, job.fault === 'alone');
    if (job.cluster !== undefined) byCluster.set(job.cluster, [...(byCluster.get(job.cluster) ?? []), job.fault]);
  }
  const shared = [...byCluster.values()];
  assert.equal(shared.flat().length, 11);
  assert.ok(shared.every((faults) => faults.length <= 8 && new Set(faults.map((fault) => fault.split('-')[0])).size === 1));
});

test('of three runs one after the other each begins with other faults, together with all', () => {
  const faultsIn = (jobs: Plan['early']) => new Set(jobs.flatMap((job) => (job.kind === 'fault' ? [job.fault] : [])));
  const plans = [6, 7, 8].map((turn) => planJobs(scenarios, { ...extent, turn }));
  const first = plans.flatMap(({ early }) => [...faultsIn(early)]);
  assert.deepEqual(first.toSorted(), scenarios.map(({ fault }) => fault).toSorted());
  for (const plan of plans) assert.equal(faultsIn(allOf(plan)).size, scenarios.length);
  assert.deepEqual(inTurn([1, 2, 3, 4], 7), { now: [2], later: [1, 3, 4] });
});
