import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { spawnGuarded } from '../world/guard.ts';
import type { Job, Report } from './job.ts';

const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url));
/** Longer than any job may take. */
const JOB_LIMIT_MS = 180_000;

/** What a job makes lasts as long as the job: with more room for young objects it is not copied again and again, which was a fifth of what a worker did. */
const YOUNG = '--max-semi-space-size=64';

/** A worker in namespaces of its own. */
export type Worker = { readonly play: (job: Job) => Promise<Report>; readonly end: () => void };

/** Starts a worker; it plays one job at a time. */
export const startWorker = (wire: string, environment: NodeJS.ProcessEnv): Worker =>
  workerOf(spawnGuarded(process.execPath, ['--no-warnings', YOUNG, WORKER, wire], ['pipe', 'pipe', 'inherit'], environment));

/** The worker that a process is. */
export function workerOf(child: ChildProcess, limitMs = JOB_LIMIT_MS): Worker {
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error('a worker without pipes');
  stdin.on('error', () => {});
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  return {
    play: async (job) => {
      stdin.write(`${JSON.stringify(job)}\n`);
      const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
      const { value, done } = await lines.next();
      clearTimeout(timer);
      if (done === true) return { job, scenes: [], error: 'the lab died, or took too long', ms: {} };
      return JSON.parse(value);
    },
    end: () => stdin.end(),
  };
}

/**
 * Plays jobs as they are drawn, several workers side by side, until none is left. One that came to no verdict is played once more, after
 * all others: what spoiled it is over then.
 */
export async function playAll(
  start: () => Worker,
  labs: number,
  next: () => Job | undefined,
  tell: (report: Report) => void,
): Promise<void> {
  const spoiled: Report[] = [];
  const work = async (): Promise<void> => {
    let worker: Worker | undefined;
    const play = async (job: Job): Promise<Report> => {
      worker ??= start();
      const report = await worker.play(job);
      if (report.error?.startsWith('the lab died') === true) worker = undefined;
      return report;
    };
    for (let job = next(); job !== undefined; job = next()) {
      const report = await play(job);
      if (report.error === undefined) tell(report);
      else spoiled.push(report);
    }
    for (let one = spoiled.shift(); one !== undefined; one = spoiled.shift()) tell({ ...(await play(one.job)), first: one.error ?? '' });
    worker?.end();
  };
  await Promise.all(Array.from({ length: labs }, work));
}
