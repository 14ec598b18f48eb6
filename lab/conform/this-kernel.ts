import { release } from 'node:os';
import { whyNoTrace } from '../tracer/can-trace.ts';
import { labAllowed } from '../world/allowed.ts';
import { type Area, AREAS } from './draw/construct.ts';
import { drawJobs, type Wish } from './draw-jobs.ts';
import { Losses } from './ends/losses.ts';
import type { Job } from './job.ts';
import { startWorker, type Worker } from './pool.ts';
import type { Score } from './score/score.ts';
import { buildWire } from './wire/build.ts';

/** A kernel that judges, or why it cannot: which scenes are for it, how jobs of them are drawn, and how a worker starts. */
export type Judging =
  | {
      readonly is: 'ready';
      readonly release: string;
      readonly areas: readonly Area[];
      readonly jobs: (wish: Wish, score: Score) => () => Job | undefined;
      readonly start: (environment: NodeJS.ProcessEnv) => Worker;
      /** Tells what this kernel throws away; not where it cannot be asked. */
      readonly losses?: () => Promise<Losses | undefined>;
      /** It plays one job at a time. */
      readonly alone?: true;
    }
  | { readonly is: 'missing'; readonly reason: string };

/** The kernel of this very machine. */
export async function thisKernel(): Promise<Judging> {
  const allowed = await labAllowed();
  if (!allowed.allowed) return { is: 'missing', reason: allowed.reason };
  const wire = await buildWire();
  if (wire.is === 'missing') return wire;
  return {
    is: 'ready',
    release: release(),
    areas: AREAS,
    jobs: drawJobs,
    start: (environment) => startWorker(wire.path, environment),
    losses,
  };
}

/** Where a lab is required so is this; elsewhere it is told that nobody asks. */
async function losses(): Promise<Losses | undefined> {
  const isRequired = process.env['LEADLINE_LAB'] === 'required';
  const why = whyNoTrace();
  if (why === undefined || isRequired) return Losses.start();
  process.stderr.write(`conform: for what reason packets are lost is not compared, ${why}\n`);
  return undefined;
}
