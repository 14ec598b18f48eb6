import type { Cluster, Place } from '../vocabulary.ts';

/** The processes that hold the namespaces of each machine of one cluster, as seen by whoever built it. */
export type Holders = {
  readonly switch: number;
  readonly etcd: number;
  readonly nodes: ReadonlyMap<string, number>;
};

/** Where a line or a packet starts: the holder of the machine, and the pod's namespace on it. */
export type Located = { readonly pid: number; readonly netns?: string };

/** Finds the namespaces of a place. */
export function locate(place: Place, cluster: Cluster, holders: Holders): Located {
  if (place === 'switch') return { pid: holders.switch };
  if (place === 'etcd') return { pid: holders.etcd };
  if ('node' in place) return { pid: holderOf(place.node, holders) };
  for (const node of cluster.nodes) {
    const pod = node.pods.find(({ name }) => name === place.pod);
    if (pod !== undefined) return { pid: holderOf(node.name, holders), netns: pod.netns };
  }
  throw new Error(`no pod ${place.pod} in this cluster`);
}

function holderOf(name: string, { nodes }: Holders): number {
  const pid = nodes.get(name);
  if (pid === undefined) throw new Error(`no node ${name} in this cluster`);
  return pid;
}

/** The file of the network namespace of a place. */
export const netnsPath = ({ pid, netns }: Located): string =>
  netns === undefined ? `/proc/${pid}/ns/net` : `/proc/${pid}/root/run/netns/${netns}`;

/** What nsenter is told to run something there, with that machine's /proc, /run, /etc and name. */
export const nsenterArgs = (located: Located): readonly string[] => [
  `--target=${located.pid}`,
  '--mount',
  '--uts',
  '--pid',
  `--net=${netnsPath(located)}`,
];
