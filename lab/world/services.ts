import type { Cluster } from '../vocabulary.ts';
import type { Holders } from './place.ts';
import type { Components, World } from './world.ts';

/** What runs beside the kernel: etcd, the pods' servers, flanneld on every node. */
export type Services = {
  /** Starts what needs the finished world, and waits until it follows. */
  readonly follow: (world: World) => Promise<void>;
  readonly close: () => Promise<void>;
};

export async function startServices(_cluster: Cluster, _holders: Holders, _components: Components): Promise<Services> {
  return { follow: async () => {}, close: async () => {} };
}
