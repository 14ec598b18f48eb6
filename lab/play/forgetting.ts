import type { World } from '../world/world.ts';

/** What a namespace has learned of its neighbours and of its paths; what was put there by hand or by flanneld stays. */
const FORGET = 'ip neigh flush all; ip route flush cache';

/** Makes a cluster that was used forget whom it has talked to: of a pod that it still knew, it would not ask any more. */
export async function forgetNeighbours({ cluster, run }: Pick<World, 'cluster' | 'run'>): Promise<void> {
  const places = cluster.nodes.flatMap((node) => [{ node: node.name }, ...node.pods.map(({ name }) => ({ pod: name }))]);
  await Promise.all(places.map((at) => run({ at, run: FORGET })));
}
