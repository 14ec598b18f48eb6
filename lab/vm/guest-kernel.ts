import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { AREAS, GUEST_AREAS } from '../conform/draw/construct.ts';
import { workerOf } from '../conform/pool.ts';
import type { Judging } from '../conform/this-kernel.ts';
import { labEnvironment } from '../world/command.ts';
import { drawGuestJobs } from './draw-jobs.ts';
import { buildGuest } from './guest.ts';
import { kernelNamed } from './kernels.ts';

const WORKER = fileURLToPath(new URL('./worker.ts', import.meta.url));
/** A translated processor is slow. */
const JOB_LIMIT_MS = 600_000;

/** A Debian's kernel in a machine of its own. */
export async function guestKernel(name: string): Promise<Judging> {
  const guest = await buildGuest(kernelNamed(name));
  if (guest.is === 'missing') return { is: 'missing', reason: `the kernel of ${name}: ${guest.reason}` };
  return {
    is: 'ready',
    release: guest.release,
    areas: [...GUEST_AREAS, ...AREAS],
    jobs: drawGuestJobs,
    start: (environment) =>
      workerOf(
        spawn(process.execPath, ['--no-warnings', WORKER, name], {
          stdio: ['pipe', 'pipe', 'inherit'],
          env: { ...labEnvironment(), ...cacheOf(process.env), ...environment },
        }),
        JOB_LIMIT_MS,
      ),
    alone: true,
  };
}

/** What says where the cache is. */
const cacheOf = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(['LEADLINE_CACHE', 'XDG_CACHE_HOME', 'HOME'].flatMap((one) => (env[one] === undefined ? [] : [[one, env[one]]])));
