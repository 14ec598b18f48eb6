import { must } from '../world/command.ts';
import { locate, netnsPath } from '../world/place.ts';
import type { World } from '../world/world.ts';

/**
 * What a namespace has learned of its neighbours and of its paths; what was put there by hand or by flanneld stays.
 * One shell goes from namespace to namespace: a cluster has ten.
 */
const FORGET = 'for netns; do printf "neigh flush all\\nroute flush cache\\n" | nsenter --net="$netns" ip -force -batch - || true; done';

/** Makes a cluster that was used forget whom it has talked to: of a pod that it still knew, it would not ask any more. */
export async function forgetNeighbours({ cluster, holders }: Pick<World, 'cluster' | 'holders'>): Promise<void> {
  const places = cluster.nodes.flatMap((node) => [{ node: node.name }, ...node.pods.map(({ name }) => ({ pod: name }))]);
  await must('sh', ['-c', FORGET, 'sh', ...places.map((at) => netnsPath(locate(at, cluster, holders)))]);
}
