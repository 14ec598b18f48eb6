import { spawn } from 'node:child_process';
import type { World } from '#world/world';
import { nodeWorld } from '#cli/node-world';

/** A world whose programs and files are those of fresh user, network and mount namespaces; gone when it is closed. */
export type NamespaceWorld = World & {
  /** Runs a shell script there, for what a test needs to be there. */
  readonly setup: (script: string) => Promise<string>;
  readonly close: () => Promise<void>;
};

/** What is written below /etc is written to a copy: the machine keeps its own. */
const PREPARE = `mount -t tmpfs tmpfs /run
cp -a /etc /run/etc 2>/dev/null
mount --bind /run/etc /etc && mount -t tmpfs tmpfs /etc/sysctl.d && mkdir /run/netns && ip link set lo up && echo ready && exec cat`;

/** Makes such a world, or nothing where this machine does not allow it. */
export async function namespaceWorld(): Promise<NamespaceWorld | undefined> {
  const holder = spawn('unshare', ['--user', '--map-root-user', '--net', '--mount', 'sh', '-c', PREPARE], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const ended = new Promise<void>((resolve) => holder.on('close', () => resolve()));
  const ready = await new Promise<boolean>((resolve) => {
    holder.stdout.once('data', () => resolve(true));
    holder.on('error', () => resolve(false));
    void ended.then(() => resolve(false));
  });
  if (!ready) return undefined;
  const close = async (): Promise<void> => {
    holder.stdin.end();
    await ended;
  };
  return { ...inside(nodeWorld(), `--target=${holder.pid}`), close };
}

function inside(world: World, target: string): World & Pick<NamespaceWorld, 'setup'> {
  const enter = ['nsenter', target, '--user', '--net', '--mount', '--preserve-credentials', '--'];
  const run: World['run'] = (argv, options) => world.run([...enter, ...argv], options);
  const shell = async (script: string, args: readonly string[] = [], stdin = ''): Promise<Buffer> => {
    const { code, stdout, stderr } = await run(['sh', '-c', script, 'sh', ...args], { stdin });
    if (code !== 0) throw new Error(`${script}: ${stderr}`);
    return stdout;
  };
  return {
    ...world,
    run,
    setup: async (script) => (await shell(script)).toString(),
    files: {
      ...world.files,
      exists: async (path) => (await run(['test', '-e', path])).code === 0,
      isFolder: async (path) => (await run(['test', '-d', path])).code === 0,
      list: async (path) => (await shell('ls -A "$1"', [path])).toString().split('\n').filter(Boolean).sort(),
      makeFolder: async (path) => void (await shell('mkdir -p "$1"', [path])),
      read: (path) => shell('cat "$1"', [path]),
      write: async (path, content) => void (await shell('cat >"$1"', [path], content.toString())),
      remove: async (path) => void (await shell('rm -rf "$1"', [path])),
    },
  };
}
