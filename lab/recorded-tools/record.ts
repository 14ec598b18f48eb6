import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startEtcd } from '../real/etcd.ts';
import { argvInUserland } from '../userlands/enter.ts';
import { userlandNamed, userlands } from '../userlands/list.ts';
import { type Unpacked, unpack } from '../userlands/unpack.ts';
import { INSIDE, recordAlone } from './alone.ts';
import { commands, type Place, type Recorded } from './commands.ts';
import { etcdCommands, fillings } from './etcd-commands.ts';
import { at, furnish, ownRules } from './furnish.ts';
import { keep } from './keep.ts';
import { run, type Staged } from './processes.ts';
import { slugOf } from './slug.ts';
import { versionOf, Versions } from './versions.ts';

/**
 * node lab/recorded-tools/record.ts [USERLAND… | clients | units | kubectl | guest]: builds one well-furnished set of network namespaces
 * and records in it what the tools of each userland print, one file for each command, as <userland>/<slug>.txt beside this
 * script. The last four are recorders of their own, with their own worlds; without a name everything is recorded.
 */
const HERE = import.meta.dirname;
const PARTS: Readonly<Record<string, string>> = {
  clients: join(HERE, 'clients/record.ts'),
  units: join(HERE, 'units/record.ts'),
  kubectl: join(HERE, '../kubernetes/tables/record.ts'),
  guest: join(HERE, 'guest/record.ts'),
};
const PACKETS = join(HERE, 'packets');

type Ready = Extract<Unpacked, { is: 'ready' }>;

async function record(asked: readonly string[]): Promise<void> {
  const names = asked.filter((name) => PARTS[name] === undefined);
  const builder = await needed('debian-12');
  const chosen = await Promise.all((names.length > 0 ? names : userlands.map(({ name }) => name)).map(needed));
  rmSync(PACKETS, { recursive: true, force: true });
  mkdirSync(PACKETS, { recursive: true });
  const sockets = await furnish({ tools: builder.root, dumpcap: (await needed('dumpcap')).root, packets: PACKETS });
  await startEtcd({ within: at('sw'), folder: '/run/etcd', address: '192.168.56.1' });
  for (const line of fillings()) {
    const { exit, text } = run(argvInUserland(builder.root, ['sh', '-c', line], { within: at('a') }));
    if (exit !== 0) throw new Error(`${line}: ${text}`);
  }
  for (const userland of chosen) await recordUserland(userland, sockets);
}

async function needed(name: string): Promise<Ready> {
  const unpacked = await unpack(userlandNamed(name));
  if (unpacked.is === 'missing') throw new Error(`${name}: ${unpacked.reason}`);
  return unpacked;
}

async function recordUserland(userland: Ready, sockets: Staged): Promise<void> {
  const folder = join(HERE, userland.name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  if (userland.name.startsWith('debian')) ownRules(userland.root);
  await sockets.next();
  await wait(300);
  const versions = new Versions();
  const all: readonly Recorded[] = [...commands, ...etcdCommands.map((line) => ({ place: 'a' as const, line }))];
  for (const command of all) if ((command.only ?? userland.name) === userland.name) recordCommand(userland, folder, command, versions);
  console.log(`${userland.name}: ${readdirSync(folder).length} outputs`);
}

function recordCommand({ name, root }: Ready, folder: string, { place, line }: Recorded, versions: Versions): void {
  const { netns, what } = places[place];
  const say = (text: string) => run(argvInUserland(root, ['sh', '-c', text], { within: at(netns), binds: laid }));
  const tool = toolOf(line);
  const version = versions.of(tool, () => (say(`command -v ${tool}`).exit === 0 ? versionOf(name, tool, say) : undefined));
  if (version === undefined) return;
  const { exit, text } = say(line);
  if (name === 'busybox' && (exit < 0 || /Usage: |invalid option|unrecognized option|applet not found/.test(text))) return;
  keep(join(folder, `${slugOf(place, line)}.txt`), { command: line, version, place: `${what}; exit ${exit}` }, text);
}

const places: Readonly<Record<Place, { readonly netns: string; readonly what: string }>> = {
  a: { netns: 'a', what: 'node A (192.168.56.11)' },
  b: { netns: 'b', what: 'node B (192.168.56.12), its rules are in the legacy backend' },
  pod1: { netns: 'pod1', what: 'pod 10.244.1.10 on node A' },
  rules: { netns: 'rules', what: 'a namespace whose rules were written by iptables of the same version' },
  native: { netns: 'native', what: 'a namespace whose rules were written by nft of the same version' },
  foreign: { netns: 'a', what: 'node A, whose rules were written by iptables of Debian 12' },
};

// No name is asked of anyone outside, and the world's own have names.
const laid = {
  '/mnt': PACKETS,
  '/etc/hosts': join(HERE, 'world/hosts'),
  '/etc/resolv.conf': join(HERE, 'world/resolv.conf'),
};

/** The program that a line is about: not the shell's words around it. */
function toolOf(line: string): string {
  const words = line.split(/[^\w-]+/).filter((word) => /^[a-z]/.test(word));
  return words.find((word) => word === 'etcdctl') ?? words.find((word) => word !== 'timeout') ?? '';
}

/** Runs the recorders that were named, or all of them, one after another. */
function recordParts(names: readonly string[]): void {
  for (const [name, script] of Object.entries(PARTS)) {
    if (names.length > 0 && !names.includes(name)) continue;
    const { status } = spawnSync(process.execPath, ['--no-warnings', script], { stdio: 'inherit' });
    if (status !== 0) process.exit(status ?? 1);
  }
}

const asked = process.argv.slice(2);
const isInside = asked[0] === INSIDE;
if (!isInside) recordParts(asked);
const own = asked.filter((name) => PARTS[name] === undefined);
if (isInside || own.length > 0 || asked.length === 0) await recordAlone(import.meta.filename, 'node-a', record);
