import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { spawnGuarded } from '../world/guard.ts';
import { FOLDER_VARIABLE } from './asking.ts';
import type { Beside } from './beside.ts';
import type { Heard, Told } from './channel.ts';
import { clusterOf, type Job, type Report } from './job.ts';

const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url));

/** Longer than any job may take: a lab that hangs is killed with all that is in it, and its job is a failed case. */
const JOB_LIMIT_MS = 240_000;

/** One set of namespaces with a worker in it, that asks what stands beside. */
function startWorker(number: number, { environment, folder, beside }: Run) {
  const own = { ...environment, [FOLDER_VARIABLE]: `${folder}/${number}` };
  const child = spawnGuarded(process.execPath, ['--no-warnings', WORKER], ['pipe', 'pipe', 'inherit'], own);
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error('a worker without pipes');
  stdin.on('error', () => {});
  const tell = (told: Told): void => void stdin.write(`${JSON.stringify(told)}\n`);
  let done: (report: Report | undefined) => void = () => {};
  const lines = createInterface({ input: stdout });
  lines.on('line', (line) => {
    const heard: Heard = JSON.parse(line); // said by worker.ts
    if ('report' in heard) done(heard.report);
    else void beside.answer(heard.question, number).then((answer) => tell({ answer, to: heard.as }));
  });
  lines.on('close', () => done(undefined));
  return {
    play: async (job: Job): Promise<Report> => {
      const reported = new Promise<Report | undefined>((resolve) => (done = resolve));
      tell({ job });
      const timer = setTimeout(() => child.kill('SIGKILL'), JOB_LIMIT_MS);
      const report = await reported;
      clearTimeout(timer);
      if (report === undefined) throw new Error('the lab died, or took too long');
      return report;
    },
    end: () => stdin.end(),
  };
}

/** What all jobs of a run have in common. */
export type Run = {
  readonly environment: NodeJS.ProcessEnv;
  readonly beside: Beside;
  /** What the labs and what stands beside them both see. */
  readonly folder: string;
  readonly tell: (report: Report) => void;
  readonly mayStart: () => boolean;
  /** The number of the first lab, where others play beside these. */
  readonly first?: number;
};

/**
 * Plays jobs, several labs side by side, as long as another may start; tells each report as it comes, and answers what was left.
 * A worker goes on with the jobs of the cluster that it has.
 */
export async function playAll(jobs: readonly Job[], labs: number, run: Run): Promise<readonly Job[]> {
  const { tell, mayStart, first = 0 } = run;
  const left = [...jobs];
  const standing = new Set<string>();
  const next = (after: Job | undefined): Job | undefined => {
    if (!mayStart()) return undefined;
    const own = clusterOf(after);
    const same = left.findIndex((job) => own !== undefined && clusterOf(job) === own);
    if (same < 0 && own !== undefined) standing.delete(own);
    const other = left.findIndex((job) => !standing.has(clusterOf(job) ?? ''));
    const [job] = left.splice(Math.max(same < 0 ? other : same, 0), 1);
    const cluster = clusterOf(job);
    if (cluster !== undefined) standing.add(cluster);
    return job;
  };
  const work = async (_: unknown, number: number): Promise<void> => {
    let worker: ReturnType<typeof startWorker> | undefined;
    for (let job = next(undefined); job !== undefined; job = next(job)) {
      worker ??= startWorker(first + number, run);
      try {
        tell(await worker.play(job));
      } catch (error) {
        tell({ job, cases: [{ name: 'the lab', wrong: [error instanceof Error ? error.message : String(error)] }], ms: 0 });
        worker = undefined;
      }
    }
    worker?.end();
  };
  await Promise.all(Array.from({ length: Math.min(labs, jobs.length) }, work));
  return left;
}
