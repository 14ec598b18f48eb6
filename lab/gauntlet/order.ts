import type { Dice } from '../draw/dice.ts';
import type { Scenario } from '../vocabulary.ts';
import { clusterOf, type Job } from './job.ts';

/** Jobs that play side by side, those that wait by the clock beside them, and those that need the machine for themselves, one after the other. */
export type Order = { readonly together: readonly Job[]; readonly waiting: readonly Job[]; readonly alone: readonly Job[] };

/** What one lab plays in a row: the plays of one cluster, or a job with a cluster of its own. */
type Row = readonly [Job, ...Job[]];

/**
 * Where time is short, each kind of rows has its share of it: pairs, healthy clusters, faults that share a cluster, faults with one of their
 * own. Which rows of a kind come first is drawn, so that another draw plays others. What waits by the clock has a lab of its own from
 * the beginning, for it takes long and costs little.
 */
export function inOrder(jobs: readonly Job[], scenarios: readonly Scenario[], dice: Dice): Order {
  const faultsWith = (need: 'alone' | 'apart'): ReadonlySet<string> =>
    new Set(scenarios.filter(({ needs }) => needs?.[need] === true).map(({ fault }) => fault));
  const [alone, apart] = [faultsWith('alone'), faultsWith('apart')];
  const isOf = (faults: ReadonlySet<string>, job: Job): boolean => job.kind === 'fault' && faults.has(job.fault);
  const together = jobs.filter((job) => !isOf(alone, job) && !isOf(apart, job));
  return {
    together: mixed(rowsOf(together), dice).flat(),
    waiting: dice.shuffle(jobs.filter((job) => isOf(apart, job))),
    alone: jobs.filter((job) => isOf(alone, job)),
  };
}

const rowsOf = (jobs: readonly Job[]): readonly Row[] =>
  [...Map.groupBy(jobs, (job) => clusterOf(job) ?? job).values()].flatMap(([first, ...others]): readonly Row[] =>
    first === undefined ? [] : [[first, ...others]],
  );

const kindOf = ([{ kind }, ...others]: Row): string => (others.length > 0 ? 'row' : kind);

const FINE = 1 << 20;

/** Rows of each kind at even distances, the first of them at a drawn place: however many are played, of each kind it is the same share. */
function mixed(rows: readonly Row[], dice: Dice): readonly Row[] {
  const placed = [...Map.groupBy(rows, kindOf).values()].flatMap((own) => {
    const first = dice.roll(FINE) / FINE;
    return dice.shuffle(own).map((row, at) => ({ row, place: (at + first) / own.length }));
  });
  return placed.toSorted((one, other) => one.place - other.place).map(({ row }) => row);
}
