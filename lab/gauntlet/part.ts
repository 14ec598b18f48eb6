import type { Job } from './job.ts';

/** What of a plan one run plays: all of it, or one of the two parts that are all of it together. */
export type Part = 'all' | 'found' | 'mended';

export const PARTS: readonly Part[] = ['all', 'found', 'mended'];

/** What is played alone, by the clock, or again because it failed, is set up too dearly, or too exactly, to be played in two parts. */
const isSplit = (job: Job): job is Extract<Job, { kind: 'fault' }> => job.kind === 'fault' && job.cluster !== undefined;

/** Where each fault is found, with its twins and with sources missing, and where it is broken once more to be mended, are two runs. */
export function partOf(jobs: readonly Job[], part: Part): readonly Job[] {
  if (part === 'all') return jobs;
  if (part === 'found') return jobs.map((job) => (isSplit(job) ? { ...job, mend: false } : job));
  return jobs.filter(isSplit).map((job) => ({ ...job, twins: [], removals: 0, traced: false }));
}
