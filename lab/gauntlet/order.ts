import type { Scenario } from '../vocabulary.ts';
import type { Job } from './job.ts';
import type { Plan } from './plan.ts';

/** Jobs that play side by side, so many labs at once. */
export type Turn = { readonly jobs: readonly Job[]; readonly labs: number };

/**
 * What needs the machine for itself comes first, one after the other; then what waits by the clock; then all others, of which
 * what is late comes after what is early; in the end what of the late ones waits by the clock or needs the machine for itself.
 */
export function turnsOf({ early, late }: Plan, scenarios: readonly Scenario[], labs: number): readonly Turn[] {
  const needs = new Map(scenarios.map((one) => [one.fault, one.needs]));
  const needsOf = (job: Job): Scenario['needs'] => (job.kind === 'fault' ? needs.get(job.fault) : undefined);
  const aloneIn = (jobs: readonly Job[]): Turn => ({ jobs: jobs.filter((job) => needsOf(job)?.alone === true), labs: 1 });
  const byTheClockIn = (jobs: readonly Job[]): Turn => ({ jobs: jobs.filter((job) => needsOf(job)?.byTheClock === true), labs });
  const apart = new Set([early, late].flatMap((jobs) => [...aloneIn(jobs).jobs, ...byTheClockIn(jobs).jobs]));
  const others = [...early, ...late].filter((job) => !apart.has(job));
  return [aloneIn(early), byTheClockIn(early), { jobs: others, labs }, byTheClockIn(late), aloneIn(late)];
}
