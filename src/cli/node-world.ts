import { spawn } from 'node:child_process';
import { access, chmod, constants, mkdir, readdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { FileFailure, wordsOf } from '#world/file-failure';
import type { Files, Finished, RunOptions, World } from './world.ts';

const DEFAULT_TIMEOUT_MS = 60_000;
const DEFAULT_MAX_BYTES = 256 * 1024 * 1024;

/** Who may read and write a file that is there. */
const modeOf = (path: string): Promise<number | undefined> =>
  stat(path).then(
    ({ mode }) => mode & 0o777,
    () => undefined,
  );

/** The folder that a file would be in, or the nearest one above it that is there. */
const nearestFolder = async (path: string): Promise<string> => {
  const folder = dirname(path);
  const isThere = await access(folder).then(
    () => true,
    () => false,
  );
  return isThere || folder === path ? folder : nearestFolder(folder);
};

const files: Files = {
  read: (path) => readFile(path).catch((cause: unknown) => Promise.reject(new FileFailure(path, 'read', cause))),
  write: async (path, content, mode) => {
    const temporary = `${path}.${process.pid}.part`;
    try {
      await mkdir(dirname(path), { recursive: true });
      const kept = mode ?? (await modeOf(path));
      await writeFile(temporary, content, kept === undefined ? {} : { mode: kept });
      if (kept !== undefined) await chmod(temporary, kept); // whatever the umask takes away
      await rename(temporary, path);
    } catch (cause) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw new FileFailure(path, 'written', cause);
    }
  },
  exists: (path) =>
    access(path).then(
      () => true,
      () => false,
    ),
  isFolder: (path) =>
    stat(path).then(
      (it) => it.isDirectory(),
      () => false,
    ),
  list: async (path) => (await readdir(path).catch((cause: unknown) => Promise.reject(new FileFailure(path, 'read', cause)))).sort(),
  makeFolder: async (path) => void (await mkdir(path, { recursive: true })),
  remove: (path) => rm(path, { recursive: true, force: true }),
  size: (path) => stat(path).then((it) => (it.isFile() ? it.size : undefined)),
  realPath: (path) => realpath(path),
  refusal: async (path) => {
    const folder = await nearestFolder(path);
    if (!(await files.isFolder(folder))) return 'not a directory';
    return access(folder, constants.W_OK | constants.X_OK).then(() => undefined, wordsOf);
  },
};

function run(argv: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const [program, ...args] = argv;
  if (program === undefined) throw new Error('no program to run');
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...options.env },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let size = 0;
    let timedOut = false;
    let failure = '';
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill('SIGKILL');
    }, options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      out.push(chunk);
      if (size > (options.maxBytes ?? DEFAULT_MAX_BYTES)) {
        failure = `more than ${options.maxBytes ?? DEFAULT_MAX_BYTES} bytes of output`;
        child.kill('SIGKILL');
      }
    });
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.stdin.on('error', () => {}); // the child may end before it has read all
    child.on('error', (error) => {
      clearTimeout(timer);
      resolve({ code: 127, stdout: Buffer.alloc(0), stderr: error.message, timedOut: false });
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString() + failure, timedOut });
    });
    child.stdin.end(options.stdin ?? '');
  });
}

/** The real world, as Node gives it. */
export const nodeWorld = (): World => ({
  run,
  files,
  now: () => Date.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  print: (text) => process.stdout.write(text.endsWith('\n') ? text : `${text}\n`),
  note: (text) => process.stderr.write(text.endsWith('\n') ? text : `${text}\n`),
  lines: () => createInterface({ input: process.stdin }),
  env: process.env,
  hostname: hostname(),
  isRoot: process.getuid?.() === 0,
  isTty: process.stdout.isTTY === true,
});
