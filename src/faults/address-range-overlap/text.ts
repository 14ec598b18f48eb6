import { texts } from '#engine/words';
import type { Ip } from '#net/ip';

/** A stranger's range on a device. */
export type OfDevice = {
  readonly of: 'device';
  readonly node: string;
  readonly device: string;
  readonly address: Ip;
  readonly length: number;
  readonly prefix: string;
  /** An address of the cluster inside that range, and whose it is. */
  readonly taken: string;
  readonly owner: string;
  readonly ownerIs: 'pod' | 'lease' | 'node';
};

/** A lease over the machines' own network. */
export type OfLease = {
  readonly of: 'lease';
  /** A node that was led astray. */
  readonly node: string;
  readonly prefix: string;
  readonly taken: string;
  readonly owner: string;
  /** The captured node that lives in it; `null`: nobody does. */
  readonly home: string | null;
};

/** What a finding of this fault is worded from. */
export type Found = OfDevice | OfLease;

const OWNERS = {
  pod: ({ owner }: OfDevice) => `the pod ${owner}`,
  lease: ({ owner }: OfDevice) => `pods of ${owner}`,
  node: ({ owner }: OfDevice) => `the node ${owner}`,
} as const;

const OWNERS_ZH = {
  pod: ({ owner }: OfDevice) => `Pod ${owner}`,
  lease: ({ owner }: OfDevice) => `${owner} 的 Pod`,
  node: ({ owner }: OfDevice) => `节点 ${owner}`,
} as const;

export default texts<Found>({
  en: {
    what: (found) =>
      found.of === 'lease'
        ? `the lease ${found.prefix} of the pod network lies over the machines' own network: ${found.taken} in it is the node ${found.owner}`
        : `${found.device} of ${found.node} has the range ${found.prefix}, and ${found.taken} in it belongs to ${OWNERS[found.ownerIs](found)}`,
    why: (found) =>
      found.of === 'lease'
        ? `the lease's route is longer than that of the underlay: ${found.node} sends what is for the machine ${found.taken} into the tunnel${found.home === null ? ', and nobody lives in the lease' : ''}`
        : `${found.node} takes ${found.taken} for a neighbour on ${found.device} and asks for it there, where nobody has it`,
    fix: (found) =>
      found.of === 'lease'
        ? `${found.home === null ? `delete the lease ${found.prefix}, and ` : ''}choose a pod network that does not overlap the machines' network`
        : `take ${found.address}/${found.length} off ${found.device}, and give its network a range that the cluster does not use`,
  },
  zh: {
    what: (found) =>
      found.of === 'lease'
        ? `Pod 网络的租约 ${found.prefix} 与机器网络重叠：其中的 ${found.taken} 是节点 ${found.owner}`
        : `节点 ${found.node} 的 ${found.device} 占用了网段 ${found.prefix}，而其中的 ${found.taken} 属于${OWNERS_ZH[found.ownerIs](found)}`,
    why: (found) =>
      found.of === 'lease'
        ? `租约的路由比底层网络的更长：${found.node} 把发往机器 ${found.taken} 的报文送进了隧道${found.home === null ? '，而该租约并无机器使用' : ''}`
        : `${found.node} 认为 ${found.taken} 就在 ${found.device} 上，只在那里询问，而那里没有它`,
    fix: (found) =>
      found.of === 'lease'
        ? `${found.home === null ? `删除租约 ${found.prefix}，并` : ''}为 Pod 网络选用不与机器网络重叠的网段`
        : `从 ${found.device} 上移除 ${found.address}/${found.length}，并为该网络改用集群未使用的网段`,
  },
});
