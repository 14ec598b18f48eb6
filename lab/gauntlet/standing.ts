import { forgetNeighbours } from '../play/forgetting.ts';
import type { Scenario } from '../vocabulary.ts';
import { anew, type Bench, benchFor, capturedOnce, type Drawn } from './bench.ts';
import { type SteadyFacts, steadyFacts } from './steady-facts.ts';

/** A cluster that plays use one after the other, and its facts when it was raised. */
export type Shared = { readonly bench: Bench; readonly was: SteadyFacts };

type Standing = Shared & { readonly cluster: string };

/** The cluster that was left by the job before, for the next one that names it. */
let standing: Standing | undefined;

/** Whether a job would be played on what another one left. */
export const isUsed = ({ cluster }: { readonly cluster?: string }): boolean => standing !== undefined && standing.cluster === cluster;

/** The bench of a job: the cluster that stands, if it is the one that is wanted, else one that is raised now. */
export async function takeBench(drawn: Drawn, scenarios: readonly Scenario[]): Promise<Bench & { readonly was?: SteadyFacts }> {
  if (standing === undefined || !isUsed(drawn)) {
    await clearAway();
    const bench = await benchFor(drawn, scenarios);
    return drawn.cluster === undefined ? bench : { ...bench, was: await steadyFacts(await capturedOnce(bench, 'raised')) };
  }
  const { bench, was } = standing;
  standing = undefined;
  await forgetNeighbours(bench);
  return { ...anew(bench, drawn.seed), was };
}

/** Leaves a cluster, which is as it was, to the next job that names it. */
export function leaveBench({ cluster }: Drawn, { bench, was }: Shared): void {
  if (cluster !== undefined) standing = { cluster, bench, was };
}

/** Closes what stands. */
export async function clearAway(): Promise<void> {
  const left = standing;
  standing = undefined;
  await left?.bench.close();
}
