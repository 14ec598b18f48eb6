import type { Cluster, Place } from '../vocabulary.ts';
import { must } from '../world/command.ts';
import { nodeAsking, podAsking } from '../world/node-links.ts';
import { locate, netnsPath } from '../world/place.ts';
import type { World } from '../world/world.ts';

/** One shell goes from namespace to namespace, each given with its lines: a cluster has ten. */
const FORGET = 'while [ $# -gt 0 ]; do printf "%s\\n" "$2" | nsenter --net="$1" ip -force -batch - || true; shift 2; done';

/** What a namespace has learned of its neighbours and of its paths; what was put there by hand or by flanneld stays. */
const LEARNED: readonly string[] = ['neigh flush all', 'route flush cache'];

/** A place, and `ip -batch` lines that are run in it. */
type Forgetting = { readonly at: Place; readonly lines: readonly string[] };

/** What makes each namespace of a cluster as one that nobody has used; a device that flanneld made anew asks as often as the lab's own. */
export const forgettingIn = ({ nodes }: Pick<Cluster, 'nodes'>): readonly Forgetting[] =>
  nodes.flatMap((node) => [
    { at: { node: node.name }, lines: [...LEARNED, ...nodeAsking(node)] },
    ...node.pods.map((pod) => ({ at: { pod: pod.name }, lines: [...LEARNED, ...podAsking(pod)] })),
  ]);

/** Makes a cluster that was used forget whom it has talked to: of a pod that it still knew, it would not ask any more. */
export async function forgetNeighbours({ cluster, holders }: Pick<World, 'cluster' | 'holders'>): Promise<void> {
  const told = forgettingIn(cluster).flatMap(({ at, lines }) => [netnsPath(locate(at, cluster, holders)), lines.join('\n')]);
  await must('sh', ['-c', FORGET, 'sh', ...told]);
}
