import { readlinkSync } from 'node:fs';
import { drawCluster } from '../draw/cluster.ts';
import { enterLab, isInside } from '../inside.ts';
import { buildWorld } from '../world/build.ts';
import { iptablesBackends } from '../world/tools.ts';

/** Builds a lab, says which network namespaces are its own, and waits to be killed. */
async function hold(): Promise<number> {
  const world = await buildWorld(drawCluster('story', { backends: iptablesBackends() }));
  const { nodes, etcd } = world.holders;
  const namespaces = ['self', world.holders.switch, etcd, ...nodes.values()].map((pid) => readlinkSync(`/proc/${pid}/ns/net`));
  process.stdout.write(`${JSON.stringify(namespaces)}\n`);
  await new Promise((resolve) => setTimeout(resolve, 60_000));
  return 0;
}

process.exit(isInside() ? await hold() : await enterLab(import.meta.url, []));
