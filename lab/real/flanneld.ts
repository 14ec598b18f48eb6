import { spawnSync } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { lookUpFlanneld } from './build-flanneld.ts';
import { type Daemon, startDaemon, withSbin } from './daemon.ts';

const SUBNET_LIMIT_MS = 15_000;

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

/** Starts the real flanneld on a node and waits until it has a lease and its subnet file. */
export async function startFlanneld(node: FlannelNode): Promise<Flanneld> {
  const flanneld = lookUpFlanneld();
  if (flanneld.is === 'missing') throw new Error(flanneld.reason);
  const { within, subnetFile = '/run/flannel/subnet.env' } = node;
  // The file of the last run stays, for flanneld reads it to get its subnet back; a new one is told by its time.
  const written = () => inside(within, ['stat', '-c', '%y %i', subnetFile]);
  const before = written();
  const iface = ['-iface', node.interface ?? 'eth0', '-subnet-file', subnetFile];
  const flags = ['-etcd-endpoints', node.endpoint, ...iface, '-ip-masq=true', '-healthz-port', '0', ...(node.flags ?? [])];
  const daemon = startDaemon([...within, flanneld.path, ...flags], node.log);
  const end = Date.now() + SUBNET_LIMIT_MS;
  while (Date.now() < end && daemon.running()) {
    const text = written() === before ? '' : inside(within, ['cat', subnetFile]);
    if (text.includes('FLANNEL_IPMASQ=')) return { ...daemon, subnet: subnetEnv(text) };
    await wait(50);
  }
  const how = daemon.running() ? 'wrote no subnet file' : 'has exited';
  await daemon.stop();
  throw new Error(`flanneld ${how}: see ${node.log}`);
}

/** Lines NAME=value as a record. */
export function subnetEnv(text: string): SubnetEnv {
  const pairs = text.split('\n').map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)] as const);
  return Object.fromEntries(pairs.filter(([name]) => name !== ''));
}

function inside(within: readonly string[], argv: readonly string[]): string {
  const [command = '', ...args] = [...within, ...argv];
  return spawnSync(command, args, { encoding: 'utf8', timeout: 5000, env: withSbin() }).stdout;
}
