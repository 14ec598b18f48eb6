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

/** Plays jobs one after the other, of which some come to no verdict at first. */
async function order(names: readonly string[], spoiled: readonly string[]): Promise<readonly string[]> {
  const jobs = names.map((name): Job => ({ scenes: [{ area: 'filter', seed: name, packets: 1 }], removals: 0 }));
  const asked: Job[] = [];
  const told: string[] = [];
  const nameOf = ({ scenes: [one] }: Job): string => (one !== undefined && 'seed' in one ? one.seed : '');
  const start = (): Worker => ({
    play: async (job) => {
      const isSpoiled = spoiled.includes(nameOf(job)) && !asked.includes(job);
      asked.push(job);
      return { job, scenes: [], ms: {}, ...(isSpoiled ? { error: 'events were lost' } : {}) };
    },
    end: () => {},
  });
  await playAll(
    start,
    1,
    () => jobs.shift(),
    ({ job, first }) => told.push(`${nameOf(job)}${first === undefined ? '' : ` after ${first}`}`),
  );
  return told;
}

test('what others spoiled is played again when all else is over', async () => {
  assert.deepEqual(await order(['one', 'two', 'three'], ['one', 'two']), [
    'three',
    'one after events were lost',
    'two after events were lost',
  ]);
});

test('a job that came to no verdict is played once more, and told so; by a new worker where its lab died', async () => {
  assert.deepEqual(words(await played([])), [[[undefined, undefined]], 1]);
  assert.deepEqual(words(await played(['events were lost'])), [[['events were lost', undefined]], 1]);
  assert.deepEqual(words(await played(['the lab died', 'events were lost'])), [[['the lab died', 'events were lost']], 2]);
});
