import assert from 'node:assert/strict';
import test from 'node:test';
import type { Job, Report } from './job.ts';
import { playAll, type Worker } from './pool.ts';

/** Plays one job with a worker that comes to no verdict so often. */
async function played(errors: readonly string[]): Promise<{ readonly told: readonly Report[]; readonly started: number }> {
  const left = [...errors];
  const jobs: Job[] = [{ scenes: [], removals: 0 }];
  const told: Report[] = [];
  let started = 0;
  const start = (): Worker => {
    started += 1;
    return {
      play: async (job) => {
        const error = left.shift();
        return { job, scenes: [], ms: {}, ...(error === undefined ? {} : { error }) };
      },
      end: () => {},
    };
  };
  await playAll(
    start,
    1,
    () => jobs.shift(),
    (report) => told.push(report),
  );
  return { told, started };
}

const words = ({ told, started }: Awaited<ReturnType<typeof played>>) => [told.map(({ first, error }) => [first, error]), started];

test('a job that came to no verdict is played once more, and told so; by a new worker where its lab died', async () => {
  assert.deepEqual(words(await played([])), [[[undefined, undefined]], 1]);
  assert.deepEqual(words(await played(['events were lost'])), [[['events were lost', undefined]], 1]);
  assert.deepEqual(words(await played(['the lab died', 'events were lost'])), [[['the lab died', 'events were lost']], 2]);
});
