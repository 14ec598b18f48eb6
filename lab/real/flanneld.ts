import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { lookUpFlanneld } from './build-flanneld.ts';
import { type Daemon, startDaemon, withSbin } from './daemon.ts';

const SUBNET_LIMIT_MS = 60_000;
const LOOK_LIMIT_MS = 30_000;

/** A node that flanneld is to run on. */
export interface FlannelNode {
  /** argv that enters the node's network, mount and (if it has one) pid namespace. */
  readonly within: readonly string[];
  /** Where the node's flanneld logs, as seen from outside. */
  readonly log: string;
  readonly endpoint: string;
  readonly interface?: string;
  /** As seen inside the node; every node needs a /run of its own. */
  readonly subnetFile?: string;
  /** More of flanneld's own flags, such as `-public-ip=192.0.2.1`. */
  readonly flags?: readonly string[];
}

/** What flanneld wrote about the node that it runs on: FLANNEL_SUBNET and the others of subnet.env. */
export type SubnetEnv = Readonly<Record<string, string>>;

/** A running flanneld. */
export interface Flanneld extends Daemon {
  readonly subnet: SubnetEnv;
}

/**
 * Nodes that start at once may draw the same subnet; the one that is late to etcd exits with this error instead of drawing
 * again (v0.28.4, pkg/subnet/etcd: registry.go returns errSubnetAlreadyexists, local_manager.go retries errTryAgain only).
 */
const DREW_THE_SAME = 'subnet already exists';
const STARTS = 4;

/** Starts the real flanneld on a node, again after a lost draw as its unit would, and waits until it has a lease and its subnet file. */
export async function startFlanneld(node: FlannelNode): Promise<Flanneld> {
  const flanneld = lookUpFlanneld();
  if (flanneld.is === 'missing') throw new Error(flanneld.reason);
  for (let left = STARTS; ; left--) {
    const started = await startOnce(flanneld.path, node);
    if ('subnet' in started) return started;
    const said = lastLines(node.log);
    if (left === 1 || !said.includes(DREW_THE_SAME)) throw new Error(`flanneld ${started.failed}; the last lines of ${node.log}:\n${said}`);
  }
}

async function startOnce(path: string, node: FlannelNode): Promise<Flanneld | { readonly failed: string }> {
  const { within, subnetFile = '/run/flannel/subnet.env' } = node;
  // The file of the last run stays, for flanneld reads it to get its subnet back; a new one is told by its time.
  const written = () => inside(within, ['stat', '-c', '%y %i', subnetFile]);
  const before = written();
  const iface = ['-iface', node.interface ?? 'eth0', '-subnet-file', subnetFile];
  const flags = ['-etcd-endpoints', node.endpoint, ...iface, '-ip-masq=true', '-healthz-port', '0', ...(node.flags ?? [])];
  const daemon = startDaemon([...within, path, ...flags], node.log);
  const end = Date.now() + SUBNET_LIMIT_MS;
  while (Date.now() < end && daemon.running()) {
    const text = written() === before ? '' : inside(within, ['cat', subnetFile]);
    if (text.includes('FLANNEL_IPMASQ=')) return { ...daemon, subnet: subnetEnv(text) };
    await wait(50);
  }
  const failed = daemon.running() ? 'wrote no subnet file' : 'has exited';
  await daemon.stop();
  return { failed };
}

function lastLines(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-12).join('\n');
}

/** Lines NAME=value as a record. */
export function subnetEnv(text: string): SubnetEnv {
  const pairs = text.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const);
  return Object.fromEntries(pairs.filter(([name]) => name !== ''));
}

function inside(within: readonly string[], argv: readonly string[]): string {
  const [command = '', ...args] = [...within, ...argv];
  return spawnSync(command, args, { encoding: 'utf8', timeout: LOOK_LIMIT_MS, env: withSbin() }).stdout;
}
