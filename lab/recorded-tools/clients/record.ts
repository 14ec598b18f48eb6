import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argvInUserland } from '../../userlands/enter.ts';
import { clientUserlands } from '../../userlands/list.ts';
import { type Unpacked, unpack } from '../../userlands/unpack.ts';
import { recordAlone } from '../alone.ts';
import { at } from '../furnish.ts';
import { keep } from '../keep.ts';
import { run, runAside } from '../processes.ts';
import { packageOf, Versions } from '../versions.ts';
import { CLIENT } from './asked.ts';
import { type Asked, asked } from './commands.ts';
import { raiseNetwork } from './network.ts';

/**
 * node lab/recorded-tools/clients/record.ts [USERLAND…]: what the clients of each Debian print of addresses that answer, refuse,
 * are silent and cannot be reached, one file for each command, as <userland>/<slug>.txt beside this script.
 */
const RESOLVERS = '/run/resolvers';
/** Most commands only wait. */
const ABREAST = 16;
const LIMIT_MS = 25_000;

async function record(names: readonly string[]): Promise<void> {
  const server = await raiseNetwork();
  mkdirSync(RESOLVERS);
  for (const userland of clientUserlands) {
    const name = userland.name.replace('-clients', '');
    if (names.length > 0 && !names.includes(name)) continue;
    const unpacked = await unpack(userland);
    if (unpacked.is === 'missing') throw new Error(`${name}: ${unpacked.reason}`);
    await recordUserland(name, unpacked);
  }
  server.child.kill();
}

async function recordUserland(name: string, { root }: Extract<Unpacked, { is: 'ready' }>): Promise<void> {
  const folder = join(import.meta.dirname, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const versions = new Versions();
  const waiting = [...asked];
  const work = async (): Promise<void> => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) await recordOne(name, root, folder, one, versions);
  };
  await Promise.all(Array.from({ length: ABREAST }, work));
  console.log(`${name}: ${readdirSync(folder).length} outputs`);
}

/** Records one command, unless the userland lacks its tool. */
async function recordOne(name: string, root: string, folder: string, { line, resolvers }: Asked, versions: Versions): Promise<void> {
  const binds = { '/etc/resolv.conf': resolverFile(resolvers), '/etc/hosts': join(import.meta.dirname, 'hosts') };
  const argv = (text: string) => argvInUserland(root, ['sh', '-c', text], { within: at('client'), binds });
  const words = line.replace(/^timeout \d+ /, '').split(' ');
  const tool = words[0] === 'busybox' ? `busybox ${words[1]}` : (words[0] ?? '');
  const version = versions.of(tool, () => packageOf(name, tool, (text) => run(argv(text))));
  if (version === undefined) return;
  const { exit, text } = await runAside(argv(line), LIMIT_MS);
  if (exit < 0) return console.log(`${name}: did not end by itself: ${line}`);
  const place = `a client (${CLIENT}) with name server ${resolvers.join(' and ')}; exit ${exit}`;
  keep(join(folder, `${slugOf({ line, resolvers })}.txt`), { command: line, version, place }, text);
}

function resolverFile(resolvers: readonly string[]): string {
  const file = join(RESOLVERS, resolvers.join('-'));
  const lines = [...resolvers.map((address) => `nameserver ${address}`), 'options timeout:1 attempts:1'];
  if (!existsSync(file)) writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
  return file;
}

/** The file name of a recorded command; other name servers than the one that answers stand before it. */
function slugOf({ line, resolvers }: Asked): string {
  const before = resolvers.join() === asked[0]?.resolvers.join() ? '' : `by-${resolvers.join('-')}.`;
  return `${before}${line.replaceAll(/[^A-Za-z0-9._]+/g, '-').replaceAll(/^-|-$/g, '')}`;
}

await recordAlone(import.meta.filename, 'client', record);
