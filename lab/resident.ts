import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Ran } from './world/command.ts';

/** A `leadline batch` that stays: command lines in, one after the other, how each ended out. */
export type Resident = {
  readonly run: (args: readonly string[], timeoutMs: number) => Promise<Ran>;
  readonly end: () => void;
};

/** Starts the product once for many command lines. One that takes too long ends the process, and all that wait with it. */
export function startResident(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Resident {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env });
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaints = (complaints + chunk.toString()).slice(-2000);
  });
  child.stdin.on('error', () => {}); // whoever waits is told by the end of the answers
  child.on('error', (error) => {
    complaints += error.message;
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (line: readonly string[], timeoutMs: number): Promise<Ran> => {
    child.stdin.write(`${JSON.stringify(line)}\n`);
    const { value, done } = await bounded(answers.next(), timeoutMs, child);
    if (done === true) return { code: 127, stdout: '', stderr: `leadline batch ended: ${complaints.trim()}` };
    const ran: Ran = JSON.parse(value); // printed by the product a moment ago
    return ran;
  };
  let last: Promise<unknown> = Promise.resolve();
  return {
    run: (line, timeoutMs) => {
      const own = last.then(() => ask(line, timeoutMs));
      last = own;
      return own;
    },
    end: () => void child.kill('SIGKILL'),
  };
}

async function bounded<T>(answer: Promise<T>, timeoutMs: number, child: ChildProcess): Promise<T> {
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  try {
    return await answer;
  } finally {
    clearTimeout(timer);
  }
}
