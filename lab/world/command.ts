import { fileURLToPath } from 'node:url';
import { type SpawnOptions, spawn } from 'node:child_process';
import { searchPath } from './tools.ts';

/** How a command ended. */
export type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string };

export type RunOptions = {
  readonly input?: string;
  readonly timeoutMs?: number;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
};

/** More than this of one command's output is a bug of the lab; what is over is dropped. */
const OUTPUT_LIMIT = 32 * 1024 * 1024;
const DEFAULT_TIMEOUT_MS = 30_000;

/** Compiled code is kept beside the packages, for every Node of every lab: each starts in half of the time. */
const COMPILED = fileURLToPath(new URL('../../node_modules/.cache/leadline', import.meta.url));

/** Names the folder of the stand-ins' bundles, for whoever starts so many that their modules would cost more than they do themselves. */
export const BUNDLES_VARIABLE = 'LAB_BUNDLES';

/** The environment of everything in the lab: nothing of the caller's but what programs need to start. */
export function labEnvironment(first: readonly string[] = [], last: readonly string[] = []): NodeJS.ProcessEnv {
  return {
    PATH: [...first, ...searchPath(), ...last].join(':'),
    HOME: '/root',
    LANG: 'C.UTF-8',
    TERM: 'dumb',
    NODE_COMPILE_CACHE: COMPILED,
    ...passedOn('NO_COLOR', BUNDLES_VARIABLE),
  };
}

const passedOn = (...names: readonly string[]): NodeJS.ProcessEnv =>
  Object.fromEntries(names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));

/** Runs one program to its end, never through a shell, with a bounded wait. */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const spawned: SpawnOptions = { stdio: ['pipe', 'pipe', 'pipe'], env: options.env ?? labEnvironment() };
  const child = spawn(program, args, options.cwd === undefined ? spawned : { ...spawned, cwd: options.cwd });
  const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  child.stdin?.on('error', () => {}); // a program that ends without reading its input is no error of ours
  child.stdin?.end(options.input ?? '');
  return new Promise((resolve) => {
    const end = (code: number, why = ''): void => {
      clearTimeout(timer);
      resolve({ code, stdout: stdout(), stderr: stderr() + why });
    };
    child.on('error', (error) => end(127, error.message));
    child.on('close', (code, signal) => end(code ?? 128, signal === null ? '' : `killed by ${signal}`));
  });
}

function collect(stream: NodeJS.ReadableStream | null): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream?.on('data', (chunk: Buffer) => {
    if (size < OUTPUT_LIMIT) chunks.push(chunk);
    size += chunk.length;
  });
  return () => Buffer.concat(chunks).toString('utf8');
}

/** Like `run`, but what fails throws with the program's own words. */
export async function must(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await run(program, args, options);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}: ${(stderr || stdout).trim().slice(0, 800)}`);
  return stdout;
}
