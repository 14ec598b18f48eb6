import type { Scenario } from '../vocabulary.ts';
import { anew, type Bench, benchFor, type Drawn } from './bench.ts';

type Standing = { readonly cluster: string; readonly bench: Bench };

/** The cluster that was left by the job before, for the next one that names it. */
let standing: Standing | undefined;

/** Whether a job would be played on what another one left. */
export const isUsed = ({ cluster }: { readonly cluster?: string }): boolean => standing !== undefined && standing.cluster === cluster;

/** The bench of a job: the cluster that stands, if it is the one that is wanted, else one that is raised now. */
export async function takeBench(drawn: Drawn, scenarios: readonly Scenario[]): Promise<Bench> {
  if (standing === undefined || !isUsed(drawn)) {
    await clearAway();
    return benchFor(drawn, scenarios);
  }
  const { bench } = standing;
  standing = undefined;
  return anew(bench, drawn.seed);
}

/** Leaves a bench to the next job that names its cluster; one that must not be used again is closed. */
export async function leaveBench({ cluster }: Drawn, bench: Bench, again: boolean): Promise<void> {
  if (again && cluster !== undefined) standing = { cluster, bench };
  else await bench.close();
}

/** Closes what stands. */
export async function clearAway(): Promise<void> {
  const left = standing;
  standing = undefined;
  await left?.bench.close();
}
