import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startEtcd } from '../real/etcd.ts';
import { argvInUserland } from '../userlands/enter.ts';
import { userlandNamed, userlands } from '../userlands/list.ts';
import { type Unpacked, unpack } from '../userlands/unpack.ts';
import { commands } from './commands.ts';
import { etcdCommands, fillings } from './etcd-commands.ts';
import { furnish, type World } from './furnish.ts';
import { run } from './processes.ts';
import { versionOf } from './versions.ts';

/**
 * node lab/recorded-tools/record.ts [USERLAND…]: builds one well-furnished set of network namespaces and records in it
 * what the tools of each userland print, one file for each command, as <userland>/<slug>.txt beside this script.
 */
const HERE = import.meta.dirname;
const INSIDE = '--inside';
const PACKETS = join(HERE, 'packets');

type Ready = Extract<Unpacked, { is: 'ready' }>;

/** Everything below happens in mount, pid and uts namespaces that end with this process: nothing is left. */
function enterOwnNamespaces(names: readonly string[]): never {
  const own = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', '--uts', '--propagation', 'private'];
  const setUp = 'mount -t tmpfs tmpfs /run && mkdir /run/netns && hostname node-a && exec "$@"';
  const argv = [...own, 'sh', '-c', setUp, 'sh', process.execPath, import.meta.filename, INSIDE, ...names];
  process.exit(spawnSync('unshare', argv, { stdio: 'inherit' }).status ?? 1);
}

async function record(names: readonly string[]): Promise<void> {
  const builder = await needed('debian-12');
  const chosen = await Promise.all((names.length > 0 ? names : userlands.map(({ name }) => name)).map(needed));
  rmSync(PACKETS, { recursive: true, force: true });
  mkdirSync(PACKETS, { recursive: true });
  const world = await furnish(builder.root, PACKETS);
  await startEtcd({ within: world.at('sw'), folder: '/run/etcd', address: '192.168.56.1' });
  for (const line of fillings()) {
    const { exit, text } = run(argvInUserland(builder.root, ['sh', '-c', line], { within: world.at('a') }));
    if (exit !== 0) throw new Error(`${line}: ${text}`);
  }
  for (const userland of chosen) await recordUserland(userland, world);
}

async function needed(name: string): Promise<Ready> {
  const unpacked = await unpack(userlandNamed(name));
  if (unpacked.is === 'missing') throw new Error(`${name}: ${unpacked.reason}`);
  return unpacked;
}

async function recordUserland(userland: Ready, world: World): Promise<void> {
  const folder = join(HERE, userland.name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  await world.client.next();
  await wait(300);
  const all = [...commands, ...etcdCommands.map((line) => ({ place: 'a', line }))];
  for (const { place, line } of all) recordCommand(userland, folder, place, line, world);
  console.log(`${userland.name}: ${readdirSync(folder).length} outputs`);
}

function recordCommand({ name, root }: Ready, folder: string, place: string, line: string, world: World): void {
  const say = (text: string) => run(argvInUserland(root, ['sh', '-c', text], { within: world.at(place), binds: { '/mnt': PACKETS } }));
  const tool = line.match(/(?:^|[ ;(])(?!ETCDCTL_API)(etcdctl|[a-z][a-z0-9-]*)/)?.[1] ?? '';
  if (say(`command -v ${tool}`).exit !== 0) return;
  const { exit, text } = say(line);
  if (name === 'busybox' && /Usage: |invalid option|unrecognized option|applet not found/.test(text)) return;
  const head = [`command: ${line}`, `version: ${versionOf(name, tool, say)}`, `place: ${places[place]}; exit ${exit}`];
  writeFileSync(join(folder, `${slugOf(place, line)}.txt`), `${head.map((text) => `# ${text}\n`).join('')}${text}`);
}

const places: Readonly<Record<string, string>> = {
  a: 'node A (192.168.56.11)',
  b: 'node B (192.168.56.12), its rules are in the legacy backend',
  c: 'a namespace with rules written for nft',
  pod1: 'pod 10.244.1.10 on node A',
};

/** The file name of a recorded command; node A is the place where nothing else is said. */
export function slugOf(place: string, line: string): string {
  const words = line
    .replaceAll(/--endpoints http:\/\/([0-9.]+):(\d+) ?/g, (_, host, port) => (host === '192.168.56.1' && port === '2379' ? '' : `${port} `))
    .replaceAll(/ETCDCTL_API=(\d) etcdctl/g, 'etcdctl-v$1');
  const slug = words.replaceAll(/[^A-Za-z0-9._]+/g, '-').replaceAll(/^-|-$/g, '').slice(0, 90);
  return place === 'a' ? slug : `${place}.${slug}`;
}

const names = process.argv.slice(2).filter((argument) => argument !== INSIDE);
if (process.argv[2] === INSIDE) {
  await record(names);
  process.exit(0);
} else enterOwnNamespaces(names);
