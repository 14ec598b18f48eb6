import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Program } from './build-flanneld.ts';
import { type Daemon, startDaemon, withSbin } from './daemon.ts';

const START_LIMIT_MS = 60_000;

/** Where an etcd runs: how its namespaces are entered, a folder of its own, and the address that it serves on. */
export interface EtcdPlace {
  readonly within: readonly string[];
  /** For its data and its log; seen from inside and from outside under the same name. */
  readonly folder: string;
  readonly address: string;
  readonly port?: number;
}

/** A running etcd, serving both the v3 and the v2 API. */
export interface Etcd extends Daemon {
  readonly endpoint: string;
}

/** Debian's etcd, if the machine has it. */
export function lookUpEtcd(): Program {
  const path = ['/usr/bin/etcd', '/usr/local/bin/etcd'].find((candidate) => existsSync(candidate));
  const reason = "etcd and etcdctl are Debian's etcd-server and etcd-client, and they are not installed";
  return path === undefined ? { is: 'missing', reason } : { is: 'ready', path };
}

/** Starts one etcd and waits until it answers. */
export async function startEtcd({ within, folder, address, port = 2379 }: EtcdPlace): Promise<Etcd> {
  const etcd = lookUpEtcd();
  if (etcd.is === 'missing') throw new Error(etcd.reason);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const endpoint = `http://${address}:${port}`;
  const peer = `http://127.0.0.1:${port + 1}`;
  const urls = ['--listen-client-urls', endpoint, '--advertise-client-urls', endpoint, '--listen-peer-urls', peer];
  const member = ['--initial-advertise-peer-urls', peer, '--initial-cluster', `default=${peer}`, '--enable-v2=true'];
  const log = join(folder, 'etcd.log');
  const daemon = startDaemon([...within, etcd.path, '--data-dir', join(folder, 'data'), ...urls, ...member], log);
  if (await answers(within, endpoint, daemon)) return { ...daemon, endpoint };
  await daemon.stop();
  throw new Error(`etcd at ${endpoint} does not answer: see ${log}`);
}

/** Runs etcdctl against an etcd and gives what it printed; throws when it fails. */
export function etcdctl(within: readonly string[], endpoint: string, args: readonly string[], api: 2 | 3 = 3): string {
  const argv = [...within, 'etcdctl', '--endpoints', endpoint, ...args];
  const env = { ...withSbin(), ETCDCTL_API: String(api) };
  const { status, stdout, stderr } = spawnSync(argv[0] ?? '', argv.slice(1), { encoding: 'utf8', timeout: 15_000, env });
  if (status !== 0) throw new Error(`etcdctl ${args.join(' ')}: exit ${status}: ${stdout}${stderr}`);
  return stdout;
}

async function answers(within: readonly string[], endpoint: string, daemon: Daemon): Promise<boolean> {
  const end = Date.now() + START_LIMIT_MS;
  while (Date.now() < end && daemon.running()) {
    try {
      etcdctl(within, endpoint, ['--dial-timeout=5s', '--command-timeout=5s', 'endpoint', 'health']);
      return true;
    } catch {
      await wait(100);
    }
  }
  return false;
}
