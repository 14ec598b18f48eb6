import { type ChildProcess, spawn, spawnSync } from 'node:child_process';

/** Runs one command to its end and gives what it printed on both streams, in order of appearance. */
export function run(argv: readonly string[], input = ''): { readonly exit: number; readonly text: string } {
  const [command = '', ...args] = ['sh', '-c', 'exec "$@" 2>&1', 'run', ...argv];
  const { status, stdout } = spawnSync(command, args, { input, encoding: 'utf8', maxBuffer: 64 << 20, timeout: 60_000 });
  return { exit: status ?? -1, text: stdout };
}

/** Like `run`, for a command that must succeed. */
export function must(argv: readonly string[], input = ''): string {
  const { exit, text } = run(argv, input);
  if (exit !== 0) throw new Error(`${argv.join(' ')}: exit ${exit}: ${text.slice(0, 2000)}`);
  return text;
}

/** Like `run`, beside others; what does not end in time is ended, and says so by its exit. */
export function runAside(argv: readonly string[], limitMs: number): Promise<{ readonly exit: number; readonly text: string }> {
  const child = spawn('sh', ['-c', 'exec "$@" 2>&1', 'run', ...argv], { stdio: ['ignore', 'pipe', 'ignore'], timeout: limitMs });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ exit: code ?? -1, text })));
}

/** A process that prints `ready` when a stage stands and goes on at a line on its stdin. */
export class Staged {
  readonly child: ChildProcess;
  #said = '';

  constructor(argv: readonly string[]) {
    const [command = '', ...args] = argv;
    this.child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.child.stdout?.on('data', (chunk: Buffer) => {
      this.#said += chunk.toString();
    });
  }

  /** Waits for the next `ready`. */
  async ready(limitMs = 15_000): Promise<void> {
    const end = Date.now() + limitMs;
    while (!this.#said.includes('ready\n')) {
      if (Date.now() > end) throw new Error(`not ready: ${this.child.spawnargs.join(' ')}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    this.#said = this.#said.replace('ready\n', '');
  }

  /** Begins the next stage and waits until it stands. */
  async next(): Promise<void> {
    this.child.stdin?.write('\n');
    await this.ready();
  }
}
