import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Program } from './build-flanneld.ts';

const START_LIMIT_MS = 20_000;

/** Where an etcd runs: how its namespaces are entered, its own empty folder, and the address that it serves on. */
export interface EtcdPlace {
  readonly within: readonly string[];
  readonly folder: string;
  readonly address: string;
  readonly port?: number;
}

/** A running etcd, serving both the v3 and the v2 API. */
export interface Etcd {
  readonly endpoint: string;
  readonly process: ChildProcess;
  readonly stop: () => Promise<void>;
}

/** Debian's etcd, if the machine has it. */
export function lookUpEtcd(): Program {
  const path = ['/usr/bin/etcd', '/usr/local/bin/etcd'].find((candidate) => existsSync(candidate));
  return path === undefined ? { is: 'missing', reason: "etcd is Debian's package etcd-server: npm run lab:install" } : { is: 'ready', path };
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
  const argv = [...within, etcd.path, '--data-dir', join(folder, 'data'), ...urls, ...member];
  const child = spawn(argv[0] ?? '', argv.slice(1), { stdio: 'ignore' });
  await answers(within, endpoint, child);
  return { endpoint, process: child, stop: () => ended(child) };
}

async function answers(within: readonly string[], endpoint: string, child: ChildProcess): Promise<void> {
  const argv = [...within, 'etcdctl', '--endpoints', endpoint, '--dial-timeout=1s', '--command-timeout=1s', 'endpoint', 'health'];
  const end = Date.now() + START_LIMIT_MS;
  while (Date.now() < end && child.exitCode === null) {
    const { status } = spawnSync(argv[0] ?? '', argv.slice(1), { stdio: 'ignore', env: { ...process.env, ETCDCTL_API: '3' } });
    if (status === 0) return;
    await wait(100);
  }
  child.kill('SIGKILL');
  throw new Error(`etcd at ${endpoint} does not answer`);
}

/** Ends a process politely and waits until it has gone. */
export async function ended(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  const late = setTimeout(() => child.kill('SIGKILL'), 5000);
  await gone;
  clearTimeout(late);
}
