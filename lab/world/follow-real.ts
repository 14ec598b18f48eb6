import type { Cluster, LabNode } from '../vocabulary.ts';
import { configKey, configValue } from './node-files.ts';
import type { World } from './world.ts';

const LIMIT_MS = 60_000;
const PAUSE_MS = 100;

/** With a real etcd and flanneld: gives etcd its configuration, waits for every lease, and reads the leases' ids. */
export async function followReal(world: World): Promise<Cluster> {
  const put = `etcdctl put ${configKey(world.cluster)} '${configValue(world.cluster)}'`;
  await until('etcd takes keys', async () => ((await world.run({ at: 'etcd', run: put })).code === 0 ? true : undefined));
  const ids = await until('every flanneld has its lease', () => leaseIds(world));
  return withLeases(world.cluster, ids);
}

async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + LIMIT_MS;
  while (Date.now() < end) {
    const seen = await look();
    if (seen !== undefined) return seen;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  throw new Error(`waited ${LIMIT_MS / 1000} s until ${what}`);
}

/** The lease id of every node's key, in hexadecimal, once all are there with the MAC that was drawn. */
async function leaseIds({ cluster, run }: World): Promise<ReadonlyMap<string, string> | undefined> {
  const { stdout } = await run({ at: 'etcd', run: `etcdctl get ${cluster.etcd.prefix}/subnets/ --prefix -w fields` });
  const ids = new Map(
    [...stdout.matchAll(/^"Key" : "([^"]+)"$[\s\S]*?^"Lease" : (\d+)$/gm)].map(([, key = '', id = '0']) => [key, BigInt(id).toString(16)]),
  );
  return cluster.nodes.every(({ leaseKey }) => ids.has(leaseKey)) ? ids : undefined;
}

/** The same cluster with the lease ids that the real etcd gave. */
function withLeases(cluster: Cluster, ids: ReadonlyMap<string, string>): Cluster {
  const nodes = cluster.nodes.map((node) => ({ ...node, leaseId: ids.get(node.leaseKey) ?? node.leaseId }));
  const renewed = ({ name }: LabNode): LabNode => nodes.find((node) => node.name === name) ?? cluster.victim;
  return { ...cluster, nodes, victim: renewed(cluster.victim), peer: renewed(cluster.peer), other: renewed(cluster.other) };
}
