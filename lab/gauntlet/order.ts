import type { Scenario } from '../vocabulary.ts';
import type { Job } from './job.ts';

/** Jobs that play side by side, and those that need the machine for themselves, one after the other. */
export type Order = { readonly together: readonly Job[]; readonly alone: readonly Job[] };

/**
 * A row of plays on one cluster takes longest, so that of each the first one is first; whoever plays it goes on with the next.
 * What is left of the rows in the end is for labs that have nothing else to do.
 */
export function inOrder(jobs: readonly Job[], scenarios: readonly Scenario[]): Order {
  const alone = new Set(scenarios.filter(({ needs }) => needs?.alone === true).map(({ fault }) => fault));
  const isAlone = (job: Job): boolean => job.kind === 'fault' && alone.has(job.fault);
  const together = jobs.filter((job) => !isAlone(job));
  const clusterOf = (job: Job): string | undefined => (job.kind === 'fault' ? job.cluster : undefined);
  const heads = new Set(new Map(together.toReversed().map((job) => [clusterOf(job) ?? job, job])).values());
  const rank = (job: Job): number => (clusterOf(job) === undefined ? 1 : heads.has(job) ? 0 : 2);
  return { together: together.toSorted((one, other) => rank(one) - rank(other)), alone: jobs.filter(isAlone) };
}
