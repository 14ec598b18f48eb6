import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import { labEnvironment } from './command.ts';
import { findTool } from './tools.ts';

/** Puts a tmpfs over what the lab writes to, then becomes the program that it is given. */
const ENTER = 'mount -t tmpfs -o mode=755 tmpfs /run && mkdir -p /run/lab && exec "$@"';

/**
 * The arguments that start a program in namespaces of its own, as an ordinary user or as root. When whoever
 * starts them dies, the kernel kills `unshare`, that its child, and that (first of its process namespace) all others.
 */
export function guarded(program: string, args: readonly string[]): readonly string[] {
  const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  const namespaces = ['--mount', '--net', '--uts', '--ipc', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const unshare = [findTool('unshare') ?? 'unshare', ...user, ...namespaces];
  return [findTool('setpriv') ?? 'setpriv', '--pdeathsig', 'KILL', ...unshare, 'sh', '-c', ENTER, 'lab', program, ...args];
}

/** Starts a program there; it ends with this process, however this process ends. */
export function spawnGuarded(program: string, args: readonly string[], stdio: StdioOptions, more: NodeJS.ProcessEnv = {}): ChildProcess {
  const [first = 'setpriv', ...rest] = guarded(program, args);
  return spawn(first, rest, { stdio, env: { ...labEnvironment(), ...more } });
}
