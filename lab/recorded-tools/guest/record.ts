import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildGuest } from '../../vm/guest.ts';
import { kernelNamed } from '../../vm/kernels.ts';
import { Machine } from '../../vm/machine.ts';
import { keep } from '../keep.ts';
import { slugOf } from '../slug.ts';

/**
 * node lab/recorded-tools/record.ts guest: boots the kernel of Debian 12, for this machine's has no IPVS, no WireGuard and no VLAN
 * filtering, makes `world.sh` in it, and records what the tools of Debian 12 and the kernel itself print there.
 */
const HERE = import.meta.dirname;
const OUT = join(HERE, 'debian-12');
const KERNEL = 'debian-12';

const VERSIONS: Readonly<Record<string, string>> = {
  bridge: 'bridge -V',
  cat: 'uname -sr',
  ip: 'ip -V',
  ipvsadm: 'ipvsadm --version',
  wg: 'wg --version',
};

/** `wg show all dump` and `private-key` are not among them: they hold secrets. */
const COMMANDS: readonly string[] = [
  ...['bridge', 'bridge -d', 'bridge -s', 'bridge -j', 'bridge -d -s -j'].map((head) => `${head} vlan show`),
  'bridge fdb show',
  'bridge -j fdb show',
  'ip -d link show',
  'ip -d -j link show',
  ...['public-key', 'listen-port', 'fwmark', 'endpoints', 'allowed-ips', 'latest-handshakes'].map((part) => `wg show all ${part}`),
  'wg show all',
  ...['-Sn', '-Ln', '-Ln --stats', '-Lnc', '-L --timeout'].map((options) => `ipvsadm ${options}`),
  ...['ip_vs', 'ip_vs_conn', 'ip_vs_stats', 'igmp', 'igmp6'].map((file) => `cat /proc/net/${file}`),
  'cat /proc/net/igmp /proc/net/igmp6',
];

const guest = await buildGuest(kernelNamed(KERNEL));
if (guest.is === 'missing') throw new Error(guest.reason);
const machine = await Machine.start(guest);
const say = async (line: string) => {
  const { code, stdout } = await machine.run('sh', ['-c', `${line} 2>&1`]);
  return { code, text: stdout };
};

const made = await machine.run('sh', ['-s'], { input: readFileSync(join(HERE, 'world.sh'), 'utf8') });
if (made.code !== 0) throw new Error(`world.sh: ${made.stderr}`);
rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT);
for (const line of COMMANDS) {
  const { text: version } = await say(VERSIONS[line.split(' ')[0] ?? ''] ?? 'false');
  const { code, text } = await say(line);
  const noted = { command: line, version: `${version.trim()}, debian 12`, place: `a machine with Linux ${guest.release}; exit ${code}` };
  keep(join(OUT, `${slugOf('a', line)}.txt`), noted, text);
}
machine.close();
console.log(`guest: ${readdirSync(OUT).length} outputs`);
process.exit(0);
