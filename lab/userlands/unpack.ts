import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildOnce, cacheKey } from '../cache/once.ts';
import { cachePlace } from '../cache/place.ts';
import { type Userland, userlandNamed } from './list.ts';

const MIRRORS = ['http://deb.debian.org/debian', 'http://archive.debian.org/debian'];
const LIMIT_MS = 600_000;
/** Raised when the folder made around busybox changes. */
const BUSYBOX_LAYOUT = '2';

/** An unpacked userland, or why there is none. */
export type Unpacked =
  | { readonly is: 'ready'; readonly name: string; readonly root: string }
  | { readonly is: 'missing'; readonly name: string; readonly reason: string };

/** Where a userland lies once it is unpacked. */
export function rootOf(userland: Userland): string {
  const made =
    userland.from === 'busybox'
      ? { label: 'busybox', key: cacheKey(rootOf(userlandNamed(userland.of)), BUSYBOX_LAYOUT) }
      : {
          label: userland.suite,
          key: cacheKey(userland.suite, ...userland.packages),
        };
  return join(cachePlace(), 'userlands', `${made.label}-${made.key}`);
}

/** A userland that is already unpacked: nothing is fetched. */
export function lookUp(userland: Userland): Unpacked {
  const root = rootOf(userland);
  return existsSync(root)
    ? { is: 'ready', name: userland.name, root }
    : {
        is: 'missing',
        name: userland.name,
        reason: `not unpacked yet: node lab/userlands/build.ts ${userland.name}`,
      };
}

/** Unpacks a userland unless it is there; never throws for what the machine or the network lacks. */
export async function unpack(userland: Userland): Promise<Unpacked> {
  const { name } = userland;
  try {
    const root = await buildOnce(rootOf(userland), (draft) =>
      userland.from === 'busybox' ? copyBusybox(userland.of, draft) : debootstrap(userland.suite, userland.packages, draft),
    );
    return { is: 'ready', name, root };
  } catch (error) {
    return {
      is: 'missing',
      name,
      reason: error instanceof Error ? error.message : String(error),
    };
  }
}

async function debootstrap(suite: string, packages: readonly string[], draft: string): Promise<void> {
  if (process.getuid?.() !== 0) throw new Error('debootstrap needs root');
  const failures: string[] = [];
  for (const mirror of MIRRORS) {
    // A mount namespace of its own: a killed debootstrap leaves no /proc mounted in the draft.
    const argv = ['unshare', '--mount', '--kill-child=KILL', '--pid', '--fork', 'debootstrap', '--variant=minbase'];
    const { code, tail } = await run([...argv, `--include=${packages.join(',')}`, suite, draft, mirror]);
    if (code === 0) return;
    failures.push(`debootstrap ${suite} from ${mirror}: ${tail}`);
  }
  throw new Error(failures.join('; '));
}

async function copyBusybox(of: string, draft: string): Promise<void> {
  const source = await unpack(userlandNamed(of));
  if (source.is === 'missing') throw new Error(`busybox comes out of ${of}: ${source.reason}`);
  for (const folder of ['bin', 'dev', 'etc', 'mnt', 'proc', 'run', 'sys', 'tmp', 'usr']) mkdirSync(join(draft, folder));
  for (const link of ['sbin', 'usr/bin', 'usr/sbin']) symlinkSync('/bin', join(draft, link));
  const binary = join(draft, 'bin/busybox');
  copyFileSync(join(source.root, 'bin/busybox'), binary);
  copyFileSync(join(source.root, 'etc/services'), join(draft, 'etc/services'), 0);
  for (const file of ['hosts', 'resolv.conf']) writeFileSync(join(draft, 'etc', file), '');
  const { code, tail } = await run([binary, '--list']);
  if (code !== 0) throw new Error(`busybox --list: ${tail}`);
  for (const applet of tail.split('\n')) if (applet !== 'busybox') symlinkSync('busybox', join(draft, 'bin', applet));
}

function run(argv: readonly [string, ...string[]] | readonly string[]): Promise<{ code: number; tail: string }> {
  const [command = '', ...args] = argv;
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LIMIT_MS,
      env: {
        ...process.env,
        LC_ALL: 'C',
        PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin`,
      },
    });
    const said: string[] = [];
    child.stdout.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    child.on('error', (error) => resolve({ code: -1, tail: error.message }));
    child.on('close', (code) => resolve({ code: code ?? -1, tail: said.join('').trim().slice(-4000) }));
  });
}
