import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { clientUserlands } from '../../userlands/list.ts';
import { unpack } from '../../userlands/unpack.ts';
import { recordAlone } from '../alone.ts';
import { keep } from '../keep.ts';
import { run } from '../processes.ts';
import { commands } from './commands.ts';

/**
 * node lab/recorded-tools/units/record.ts [USERLAND…]: boots the systemd of each Debian as process 1 of its own namespaces, with
 * the units of world/, and records what systemctl and journalctl print of them, as <userland>/<slug>.txt beside this script.
 */
const HERE = import.meta.dirname;
const SETTLED_LIMIT_MS = 40_000;
const NAMESPACES = ['--mount', '--pid', '--uts', '--ipc', '--net', '--cgroup'];

async function record(names: readonly string[]): Promise<void> {
  for (const userland of clientUserlands) {
    const name = userland.name.replace('-clients', '');
    if (names.length > 0 && !names.includes(name)) continue;
    const unpacked = await unpack(userland);
    if (unpacked.is === 'missing') throw new Error(`${name}: ${unpacked.reason}`);
    await recordMachine(name, unpacked.root);
  }
}

async function recordMachine(name: string, root: string): Promise<void> {
  const group = join(unifiedGroups(), `leadline-units-${Date.now()}`);
  mkdirSync(group);
  const machine = boot(root, group);
  try {
    const enter = await settled(machine);
    const folder = join(HERE, name);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    const version = `${run([...enter, 'systemctl', '--version']).text.split('\n', 1)[0]}, ${name.replace('-', ' ')}`;
    for (const line of commands) {
      const { exit, text } = run([...enter, 'sh', '-c', line]);
      const slug = line
        .replaceAll(/[^A-Za-z0-9._@]+/g, '-')
        .replaceAll(/-$/g, '')
        .slice(0, 90);
      keep(join(folder, `${slug}.txt`), { command: line, version, place: `node-a, whose systemd is process 1; exit ${exit}` }, text);
    }
    console.log(`${name}: ${commands.length} outputs`);
  } finally {
    machine.kill('SIGKILL');
    await wait(500);
    removeGroup(group);
  }
}

/** Where the hierarchy of cgroup v2 is mounted on this machine. */
function unifiedGroups(): string {
  const line = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .find((one) => one.split(' ')[2] === 'cgroup2');
  if (line === undefined) throw new Error('no cgroup v2 is mounted');
  return line.split(' ')[1] ?? '';
}

/** Starts systemd in a group of its own, which its cgroup namespace then shows as the root. */
function boot(root: string, group: string): ChildProcess {
  const own = ['unshare', ...NAMESPACES, '--fork', '--kill-child', '--propagation', 'private'];
  const join_ = ['sh', '-c', 'echo $$ >"$0/cgroup.procs" && exec "$@"', group];
  const [command = '', ...args] = [...join_, ...own, 'sh', join(HERE, 'boot.sh'), root, join(HERE, 'world')];
  return spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
}

/** Waits until the machine has started all that it can; gives what enters it. */
async function settled(machine: ChildProcess): Promise<readonly string[]> {
  const end = Date.now() + SETTLED_LIMIT_MS;
  let said = '';
  while (Date.now() < end && machine.exitCode === null) {
    await wait(300);
    const init = readFileSync(`/proc/${machine.pid}/task/${machine.pid}/children`, 'utf8').trim();
    if (init === '' || readFileSync(`/proc/${init}/comm`, 'utf8').trim() !== 'systemd') continue;
    const clean = ['env', '-i', 'LC_ALL=C.UTF-8', 'TERM=dumb', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin'];
    const enter = ['nsenter', '-t', init, ...NAMESPACES, ...clean];
    said = run([...enter, 'systemctl', 'is-system-running']).text.trim();
    if (said === 'running' || said === 'degraded') return enter;
  }
  throw new Error(`systemd did not settle: ${said}`);
}

function removeGroup(group: string): void {
  for (const entry of readdirSync(group, { withFileTypes: true })) if (entry.isDirectory()) removeGroup(join(group, entry.name));
  rmdirSync(group);
}

await recordAlone(import.meta.filename, 'node-a', record);
