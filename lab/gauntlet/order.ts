import type { Scenario } from '../vocabulary.ts';
import type { Job } from './job.ts';

/** Jobs that play side by side, those that wait by the clock beside them, and those that need the machine for themselves, one after the other. */
export type Order = { readonly together: readonly Job[]; readonly waiting: readonly Job[]; readonly alone: readonly Job[] };

/**
 * A row of plays on one cluster takes longest, so that of each the first one is first; whoever plays it goes on with the next.
 * What is left of the rows in the end is for labs that have nothing else to do. Pairs come last: where time is short others are drawn the next
 * time, and of the faults each is demanded. What waits by the clock has a lab of its own from the beginning, for it takes long and costs little.
 */
export function inOrder(jobs: readonly Job[], scenarios: readonly Scenario[]): Order {
  const faultsWith = (need: 'alone' | 'apart'): ReadonlySet<string> =>
    new Set(scenarios.filter(({ needs }) => needs?.[need] === true).map(({ fault }) => fault));
  const [alone, apart] = [faultsWith('alone'), faultsWith('apart')];
  const isOf = (faults: ReadonlySet<string>, job: Job): boolean => job.kind === 'fault' && faults.has(job.fault);
  const together = jobs.filter((job) => !isOf(alone, job) && !isOf(apart, job));
  const clusterOf = (job: Job): string | undefined => (job.kind === 'fault' ? job.cluster : undefined);
  const heads = new Set(new Map(together.toReversed().map((job) => [clusterOf(job) ?? job, job])).values());
  const rank = (job: Job): number => {
    if (job.kind === 'pair') return 3;
    if (clusterOf(job) === undefined) return 1;
    return heads.has(job) ? 0 : 2;
  };
  return {
    together: together.toSorted((one, other) => rank(one) - rank(other)),
    waiting: jobs.filter((job) => isOf(apart, job)),
    alone: jobs.filter((job) => isOf(alone, job)),
  };
}
