import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diceOf } from '../draw/dice.ts';
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

/** Two kinds of rows with ten of each, a few plays in each row of faults. */
const ROWS = 10;
const PLAYS = 3;
const many: readonly Job[] = Array.from({ length: ROWS }, (_, row) => [
  ...Array.from({ length: PLAYS }, (_each, play) => fault(`f${row}-${play}`, `row ${row}`)),
  { ...pair, seed: `p${row}` },
]).flat();
const orders = Array.from({ length: 20 }, (_, seed) => inOrder(many, scenarios, diceOf(`${seed}`)).together);

/** The rows in their order: what has the same cluster, or one job. */
const rowsOf = (jobs: readonly Job[]): readonly string[] => [
  ...new Set(jobs.map((job) => (job.kind === 'fault' ? (job.cluster ?? job.seed) : job.seed))),
];

test('of each kind the same share comes first, wherever the time ends', () => {
  for (const order of orders) {
    for (const [at] of rowsOf(order).entries()) {
      const begun = rowsOf(order).slice(0, at + 1);
      const pairs = begun.filter((name) => name.startsWith('p')).length;
      assert.ok(Math.abs(2 * pairs - begun.length) <= 2, begun.join());
    }
  }
});

test('which row of a kind comes first is drawn, and a seed draws one order', () => {
  assert.ok(new Set(orders.map((order) => rowsOf(order).find((name) => name.startsWith('p')))).size > 3);
  assert.ok(new Set(orders.map((order) => rowsOf(order).find((name) => name.startsWith('row')))).size > 3);
  assert.deepEqual(inOrder(many, scenarios, diceOf('0')).together, orders[0]);
});

test('plays on one cluster stay together and in their order, and nothing is left out', () => {
  for (const order of orders) {
    assert.deepEqual(new Set(order), new Set(many));
    assert.equal(order.length, many.length);
    for (const [at, job] of order.entries()) {
      if (job.kind !== 'fault' || !job.seed.endsWith('-0')) continue;
      assert.deepEqual(order.slice(at, at + PLAYS), many.slice(many.indexOf(job), many.indexOf(job) + PLAYS));
    }
  }
});

test('what waits by the clock and what needs the machine for itself are not in the way of the others', () => {
  const jobs = [fault('slow'), fault('whole'), fault('a')];
  assert.deepEqual(inOrder(jobs, scenarios, diceOf('s')), { together: [jobs[2]], waiting: [jobs[0]], alone: [jobs[1]] });
});
