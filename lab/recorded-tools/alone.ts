import { spawnSync } from 'node:child_process';

/** The first argument of a recorder that is already in its own namespaces. */
export const INSIDE = '--inside';
const OWN = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', '--uts', '--propagation', 'private'];
const SET_UP = 'mount -t tmpfs tmpfs /run && mkdir /run/netns && hostname "$1" && shift && exec "$@"';

/** Runs a recorder in mount, pid and uts namespaces that end with it: nothing is left. Its own arguments are given to it. */
export async function recordAlone(script: string, host: string, record: (names: readonly string[]) => Promise<void>): Promise<never> {
  const [first, ...names] = process.argv.slice(2);
  if (first === INSIDE) {
    await record(names);
    process.exit(0);
  }
  const argv = [...OWN, 'sh', '-c', SET_UP, 'sh', host, process.execPath, '--no-warnings', script, INSIDE, ...process.argv.slice(2)];
  process.exit(spawnSync('unshare', argv, { stdio: 'inherit' }).status ?? 1);
}
