import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly node: string;
  readonly device: string;
  readonly address: string;
  readonly length: number;
  readonly prefix: string;
  /** An address of the cluster inside that range, and whose it is. */
  readonly taken: string;
  readonly owner: string;
  readonly ownerIs: 'pod' | 'lease' | 'node';
};

const OWNERS = {
  pod: ({ owner }: Found) => `the pod ${owner}`,
  lease: ({ owner }: Found) => `pods of ${owner}`,
  node: ({ owner }: Found) => `the node ${owner}`,
} as const;

const OWNERS_ZH = {
  pod: ({ owner }: Found) => `Pod ${owner}`,
  lease: ({ owner }: Found) => `${owner} 的 Pod`,
  node: ({ owner }: Found) => `节点 ${owner}`,
} as const;

export default texts<Found>({
  en: {
    what: (found) =>
      `${found.device} of ${found.node} has the range ${found.prefix}, and ${found.taken} in it belongs to ${OWNERS[found.ownerIs](found)}`,
    why: ({ node, device, taken }) => `${node} takes ${taken} for a neighbour on ${device} and asks for it there, where nobody has it`,
    fix: ({ device, address, length }) =>
      `take ${address}/${length} off ${device}, and give its network a range that the cluster does not use`,
  },
  zh: {
    what: (found) =>
      `节点 ${found.node} 的 ${found.device} 占用了网段 ${found.prefix}，而其中的 ${found.taken} 属于${OWNERS_ZH[found.ownerIs](found)}`,
    why: ({ node, device, taken }) => `${node} 认为 ${taken} 就在 ${device} 上，只在那里询问，而那里没有它`,
    fix: ({ device, address, length }) => `从 ${device} 上移除 ${address}/${length}，并为该网络改用集群未使用的网段`,
  },
});
