import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Job } from './job.ts';
import { PARTS, partOf } from './part.ts';

type FaultJob = Extract<Job, { kind: 'fault' }>;

const shared: FaultJob = { kind: 'fault', seed: 'a', cluster: 'c', fault: 'shared', play: 1, twins: [0], removals: 2, undo: true };
const apart: FaultJob = { kind: 'fault', seed: 'b', fault: 'apart', play: 0, twins: [1], removals: 1 };
const pair: Job = { kind: 'pair', seed: 'd', faults: ['shared', 'apart'] };
const plan: readonly Job[] = [shared, apart, { kind: 'healthy', seed: 'e' }, pair];

const faultsIn = (jobs: readonly Job[]): readonly FaultJob[] => jobs.filter((job) => job.kind === 'fault');

test('what one part leaves out the other one plays, and nothing is played twice but the break', () => {
  const [found, mended] = [partOf(plan, 'found'), partOf(plan, 'mended')];
  const together = faultsIn([...found, ...mended]);
  for (const { fault, twins, removals, undo } of [shared, apart]) {
    const own = together.filter((job) => job.fault === fault);
    assert.deepEqual(
      own.flatMap((job) => job.twins),
      twins,
      fault,
    );
    assert.equal(
      own.reduce((sum, job) => sum + job.removals, 0),
      removals,
    );
    const mends = own.filter(({ mend }) => mend !== false);
    assert.deepEqual(
      mends.map((job) => job.undo),
      [undo],
    );
  }
  const traced = together.filter((job) => job.traced !== false).map(({ fault }) => fault);
  assert.deepEqual(traced.toSorted(), ['apart', 'shared']);
  assert.deepEqual(
    found.filter(({ kind }) => kind !== 'fault'),
    plan.filter(({ kind }) => kind !== 'fault'),
  );
  assert.ok(mended.every(({ kind }) => kind === 'fault'));
});

test('both parts break the same: on the same cluster, by the same seed', () => {
  const drawn = ({ fault, seed, cluster, play }: FaultJob): unknown => ({ fault, seed, cluster, play });
  assert.deepEqual(faultsIn(partOf(plan, 'mended')).map(drawn), [drawn(shared)]);
  assert.deepEqual(faultsIn(partOf(plan, 'found')).map(drawn), [shared, apart].map(drawn));
});

test('all is all', () => {
  assert.equal(partOf(plan, 'all'), plan);
  assert.deepEqual(PARTS, ['all', 'found', 'mended']);
});
