import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { labEnvironment } from './command.ts';
import { machineScript, OWN_BIN } from './node-script.ts';
import { FALLBACK_BIN, STAND_IN_BIN } from '../stand-ins/folder.ts';

/** One machine of the lab: the process that holds its namespaces, and with it all that runs there. */
export type Machine = {
  /** The process id of its first process, as the lab sees it. */
  readonly pid: number;
  /** Gives the rest of its script; ends when the machine is ready. */
  readonly finish: (script: string) => Promise<void>;
  readonly kill: () => Promise<void>;
};

const UNSHARE = ['--mount', '--net', '--uts', '--pid', '--fork', '--kill-child', 'sh', '-s'];
const START_LIMIT_MS = 60_000;

/** The PATH and little else of everything on a machine of the lab; what it writes for a moment lies in its memory. */
export const machineEnvironment = (): NodeJS.ProcessEnv => ({ ...labEnvironment([OWN_BIN, STAND_IN_BIN], [FALLBACK_BIN]), TMPDIR: '/run' });

/** Starts a machine with namespaces of its own; when this process dies, or is told to, all of it is gone. */
export async function startMachine(name: string): Promise<Machine> {
  const child = spawn('unshare', UNSHARE, { stdio: ['pipe', 'pipe', 'pipe'], env: machineEnvironment() });
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaints = (complaints + chunk.toString()).slice(-4000);
  });
  child.stdin.on('error', () => {});
  const closed = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const lines = createInterface({ input: child.stdout });

  const said = (wanted: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const fail = (): void => reject(new Error(`machine ${name} did not start: ${complaints.trim() || 'no reason given'}`));
      const timer = setTimeout(fail, START_LIMIT_MS);
      lines.on('line', (line) => {
        const [, value = ''] = wanted.exec(line) ?? [undefined];
        if (!wanted.test(line)) return;
        clearTimeout(timer);
        resolve(value);
      });
      child.on('error', reject);
      void closed.then(() => {
        clearTimeout(timer);
        fail();
      });
    });

  const started = said(/^pid (\d+)$/);
  child.stdin.write(machineScript(name));
  const pid = Number(await started);
  return {
    pid,
    finish: async (script) => {
      const ready = said(/^ready$/);
      child.stdin.write(script);
      await ready;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await closed;
    },
  };
}
