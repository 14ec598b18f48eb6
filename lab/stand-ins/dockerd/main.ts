import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { messageIn } from '../etcd/messages.ts';
import { program } from '../flanneld/kernel.ts';
import { takeName } from '../own-name.ts';
import { tellReady } from '../ready.ts';

const BRIDGE = 'docker0';
const DEFAULT_BIP = '172.17.0.1/16';
const FORWARDING = '/proc/sys/net/ipv4/ip_forward';

type Options = { readonly bip: string; readonly mtu: string; readonly masquerade: boolean };

/** daemon.json, and over it the command line. */
function optionsOf(args: readonly string[]): Options {
  const path = '/etc/docker/daemon.json';
  const file = existsSync(path) ? messageIn(JSON.parse(readFileSync(path, 'utf8'))) : {};
  const given = new Map(args.map((word) => [word.replace(/^--/, '').split('=')[0] ?? '', word.split('=').slice(1).join('=')]));
  return {
    bip: given.get('bip') ?? String(file['bip'] ?? DEFAULT_BIP),
    mtu: given.get('mtu') ?? String(file['mtu'] ?? 1500),
    masquerade: (given.get('ip-masq') ?? String(file['ip-masq'] ?? true)) === 'true',
  };
}

/** Gives the default bridge the address that Docker was told, and takes any other away. */
async function dressBridge({ bip, mtu }: Options): Promise<void> {
  await program('ip', ['link', 'add', BRIDGE, 'type', 'bridge']);
  const { text } = await program('ip', ['-4', '-o', 'addr', 'show', 'dev', BRIDGE]);
  const there = [...text.matchAll(/inet (\S+)/g)].map(([, address]) => address ?? '');
  if (!there.includes(bip)) {
    await program('ip', ['addr', 'flush', 'dev', BRIDGE]);
    await program('ip', ['addr', 'add', bip, 'brd', '+', 'dev', BRIDGE]);
  }
  await program('ip', ['link', 'set', BRIDGE, 'mtu', mtu, 'up']);
}

/** Docker from 1.13 on shuts FORWARD when it was itself who switched forwarding on. */
async function forward(): Promise<void> {
  if (readFileSync(FORWARDING, 'utf8').trim() === '1') return;
  writeFileSync(FORWARDING, '1\n');
  await program('iptables', ['-P', 'FORWARD', 'DROP']);
}

async function masquerade({ bip, masquerade: wanted }: Options): Promise<void> {
  const rule = ['POSTROUTING', '-s', bip, '!', '-o', BRIDGE, '-j', 'MASQUERADE'];
  const there = (await program('iptables', ['-t', 'nat', '-C', ...rule])).ok;
  if (wanted && !there) await program('iptables', ['-t', 'nat', '-I', ...rule]);
  if (!wanted && there) await program('iptables', ['-t', 'nat', '-D', ...rule]);
}

const argv = takeName();
process.on('SIGTERM', () => process.exit(0));
const options = optionsOf(argv.slice(1));
if (process.env['LAB_RESUME'] !== '1') {
  await forward();
  await dressBridge(options);
  await masquerade(options);
}
tellReady();
setInterval(() => {}, 2 ** 30);
