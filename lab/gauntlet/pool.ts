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

/** Plays jobs, several labs side by side, as long as another may start; tells each report as it comes, and answers what was left. */
export async function playAll(
  jobs: readonly Job[],
  labs: number,
  environment: NodeJS.ProcessEnv,
  tell: (report: Report) => void,
  mayStart: () => boolean = () => true,
): Promise<readonly Job[]> {
  const left = [...jobs];
  const next = (): Job | undefined => (mayStart() ? left.shift() : undefined);
  const work = async (): Promise<void> => {
    let worker: ReturnType<typeof startWorker> | undefined;
    for (let job = next(); job !== undefined; job = next()) {
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
