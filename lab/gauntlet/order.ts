import type { Scenario } from '../vocabulary.ts';
import type { Job } from './job.ts';

/** Jobs that play side by side, so many labs at once. */
export type Turn = { readonly jobs: readonly Job[]; readonly labs: number };

/** Whether a scenario wants a lab of its own kind: it plays neither in a pair nor on what another one left. */
export const isApart = ({ needs }: Scenario): boolean => needs?.alone === true || needs?.byTheClock === true;

/** What needs the machine for itself comes first, one after the other; then what waits by the clock; then all others. */
export function turnsOf(jobs: readonly Job[], scenarios: readonly Scenario[], labs: number): readonly Turn[] {
  const needs = new Map(scenarios.map((one) => [one.fault, one.needs]));
  const needsOf = (job: Job): Scenario['needs'] => (job.kind === 'fault' ? needs.get(job.fault) : undefined);
  const alone = jobs.filter((job) => needsOf(job)?.alone === true);
  const byTheClock = jobs.filter((job) => needsOf(job)?.byTheClock === true);
  const apart = new Set([...alone, ...byTheClock]);
  return [
    { jobs: alone, labs: 1 },
    { jobs: byTheClock, labs },
    { jobs: jobs.filter((job) => !apart.has(job)), labs },
  ];
}
