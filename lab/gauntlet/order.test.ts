import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Scenario } from '../vocabulary.ts';
import type { Job } from './job.ts';
import { inOrder } from './order.ts';

const needing = (fault: string, needs: Scenario['needs'] = {}): Scenario => ({
  fault,
  title: { en: fault, zh: fault },
  play: () => ({ break: [], heal: [], probes: [], expect: { subject: 'node/D' } }),
  twins: [
    { name: 'one', play: () => ({ make: [], unmake: [] }) },
    { name: 'two', play: () => ({ make: [], unmake: [] }) },
  ],
  needs,
});

const fault = (name: string, cluster?: string): Job => ({
  kind: 'fault',
  seed: name,
  fault: name,
  play: 0,
  twins: [0],
  removals: 0,
  ...(cluster === undefined ? {} : { cluster }),
});
const pair: Job = { kind: 'pair', seed: 'p', faults: ['a', 'b'] };
const scenarios = [needing('a'), needing('b'), needing('c'), needing('slow', { apart: true }), needing('whole', { alone: true })];

test('the first of each row comes first, pairs come last', () => {
  const jobs = [pair, fault('c'), fault('a', 'row'), fault('b', 'row')];
  assert.deepEqual(inOrder(jobs, scenarios).together, [jobs[2], jobs[1], jobs[3], pair]);
});

test('what waits by the clock and what needs the machine for itself are not in the way of the others', () => {
  const jobs = [fault('slow'), fault('whole'), fault('a')];
  assert.deepEqual(inOrder(jobs, scenarios), { together: [jobs[2]], waiting: [jobs[0]], alone: [jobs[1]] });
});
