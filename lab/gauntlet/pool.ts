import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { spawnGuarded } from '../world/guard.ts';
import type { Job, Report } from './job.ts';

const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url));

/** Longer than any job may take: a lab that hangs is killed with all that is in it, and its job is a failed case. */
const JOB_LIMIT_MS = 240_000;

/** One set of namespaces with a worker in it. */
function startWorker(environment: NodeJS.ProcessEnv) {
  const child = spawnGuarded(process.execPath, ['--no-warnings', WORKER], ['pipe', 'pipe', 'inherit'], environment);
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error('a worker without pipes');
  stdin.on('error', () => {});
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  return {
    play: async (job: Job): Promise<Report> => {
      stdin.write(`${JSON.stringify(job)}\n`);
      const timer = setTimeout(() => child.kill('SIGKILL'), JOB_LIMIT_MS);
      const { value, done } = await lines.next();
      clearTimeout(timer);
      if (done === true) throw new Error('the lab died, or took too long');
      const report: Report = JSON.parse(value);
      return report;
    },
    end: () => stdin.end(),
  };
}

const clusterOf = (job: Job | undefined): string | undefined => (job?.kind === 'fault' ? job.cluster : undefined);

/**
 * Plays jobs, several labs side by side, as long as another may start; tells each report as it comes, and answers what was left.
 * A worker goes on with the jobs of the cluster that it has.
 */
export async function playAll(
  jobs: readonly Job[],
  labs: number,
  environment: NodeJS.ProcessEnv,
  tell: (report: Report) => void,
  mayStart: () => boolean = () => true,
): Promise<readonly Job[]> {
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
  const work = async (): Promise<void> => {
    let worker: ReturnType<typeof startWorker> | undefined;
    for (let job = next(undefined); job !== undefined; job = next(job)) {
      worker ??= startWorker(environment);
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
