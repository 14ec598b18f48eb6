import { ECHO_PORT } from '../probe/probe.ts';
import { type Closing, listenEcho } from '../probe/servers.ts';
import type { Cluster } from '../vocabulary.ts';
import { type Holders, locate, netnsPath } from './place.ts';
import type { Components, World } from './world.ts';

/** What runs beside the kernel: etcd, the pods' servers, flanneld on every node. */
export type Services = {
  /** Starts what needs the finished world, and waits until it follows. */
  readonly follow: (world: World) => Promise<void>;
  readonly close: () => Promise<void>;
};

export async function startServices(cluster: Cluster, holders: Holders, _components: Components): Promise<Services> {
  const running: Closing[] = podServers(cluster, holders);
  return {
    follow: async () => {},
    close: async () => {
      for (const one of running) one.close();
    },
  };
}

function podServers(cluster: Cluster, holders: Holders): Closing[] {
  const pods = cluster.nodes.flatMap((node) => node.pods);
  return pods.map((pod) => listenEcho(netnsPath(locate({ pod: pod.name }, cluster, holders)), ECHO_PORT));
}
