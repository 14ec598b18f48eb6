import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { listIn, type Message, messageIn } from '../etcd/messages.ts';
import type { Lease, NetworkConfig } from './lease.ts';

/** Runs a program; what fails is told, for flanneld mostly goes on. */
export function program(name: string, args: readonly string[], input = ''): Promise<{ readonly ok: boolean; readonly text: string }> {
  return new Promise((resolve) => {
    const child = execFile(name, args, { timeout: 60_000, maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) =>
      resolve({ ok: error === null, text: error === null ? stdout : stderr }),
    );
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });
}

async function links(...args: readonly string[]): Promise<readonly Message[]> {
  const { ok, text } = await program('ip', ['-d', '-j', ...args]);
  return ok && text.trim() !== '' ? listIn(JSON.parse(text)).map(messageIn) : [];
}

/** The first IPv4 address of a device. */
export async function addressOf(device: string): Promise<string | undefined> {
  const [link] = await links('-4', 'addr', 'show', 'dev', device);
  const [first] = listIn(link?.['addr_info']).map(messageIn);
  return typeof first?.['local'] === 'string' ? first['local'] : undefined;
}

/** The device of the default route. */
export async function defaultDevice(): Promise<string | undefined> {
  const [route] = await links('route', 'show', 'default');
  return typeof route?.['dev'] === 'string' ? route['dev'] : undefined;
}

export type Vtep = { readonly device: string; readonly mac: string; readonly vni: number; readonly local: string; readonly port: number };

/** The VXLAN device as it is, or undefined. */
export async function vtepNow(device: string): Promise<Vtep | undefined> {
  const [link] = await links('link', 'show', 'dev', device);
  if (link === undefined) return undefined;
  const data = messageIn(messageIn(link['linkinfo'])['info_data']);
  return { device, mac: String(link['address']), vni: Number(data['id']), local: String(data['local']), port: Number(data['port']) };
}

/** Whether the device is there, without a process: asked often. */
export const hasDevice = (device: string): boolean =>
  readFileSync('/proc/self/net/dev', 'utf8')
    .split('\n')
    .some((line) => line.trimStart().startsWith(`${device}:`));

export const makeVtep = (device: string, { vni, port }: NetworkConfig, local: string, uplink: string) =>
  program('ip', [
    'link',
    'add',
    device,
    'mtu',
    '1450',
    'type',
    'vxlan',
    'id',
    `${vni}`,
    'local',
    local,
    'dev',
    uplink,
    'dstport',
    `${port}`,
    'nolearning',
  ]);

export const dropVtep = (device: string) => program('ip', ['link', 'del', device]);

/** Gives the device flannel's address and takes it up; an address that is there already is no error. */
export async function dressVtep(device: string, address: string): Promise<void> {
  await program('ip', ['addr', 'add', `${address}/32`, 'dev', device]);
  await program('ip', ['link', 'set', device, 'up']);
}

const vtepAddress = ({ subnet }: Lease): string => subnet.split('/')[0] ?? '';

/** What flanneld programs for a peer: its neighbour, where its MAC lives, its route. */
export async function addPeer(device: string, lease: Lease): Promise<void> {
  const next = vtepAddress(lease);
  await program('ip', ['neigh', 'replace', next, 'lladdr', lease.vtepMac, 'dev', device, 'nud', 'permanent']);
  await program('bridge', ['fdb', 'replace', lease.vtepMac, 'dev', device, 'dst', lease.publicIp, 'self', 'permanent']);
  await program('ip', ['route', 'replace', lease.subnet, 'via', next, 'dev', device, 'onlink']);
}

/** What it takes away when a peer's lease is gone. */
export async function removePeer(device: string, lease: Lease): Promise<void> {
  const next = vtepAddress(lease);
  await program('ip', ['neigh', 'del', next, 'lladdr', lease.vtepMac, 'dev', device]);
  await program('bridge', ['fdb', 'del', lease.vtepMac, 'dev', device, 'dst', lease.publicIp, 'self']);
  await program('ip', ['route', 'del', lease.subnet, 'via', next, 'dev', device, 'onlink']);
}
