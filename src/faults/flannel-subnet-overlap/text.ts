import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  /** The lease that nobody lives in, or that came later. */
  readonly subnet: string;
  readonly publicIp: string;
  /** The lease that it takes addresses from, and the node that lives there. */
  readonly other: string;
  readonly node: string | null;
};

export default texts<Found>({
  en: {
    what: ({ subnet, publicIp, other, node }) =>
      `the lease of ${subnet} (${publicIp}) overlaps ${other}${node === null ? '' : `, where ${node} lives`}`,
    why: ({ subnet, other }) =>
      `peers follow both: the longer prefix, or whichever was written last, takes the packets for pods of ${other} to where ${subnet} is said to be`,
    fix: ({ subnet, other }) => `delete the lease of ${subnet}, then write the lease of ${other} again, so that peers program it anew`,
  },
  zh: {
    what: ({ subnet, publicIp, other, node }) =>
      `子网租约 ${subnet}（${publicIp}）与 ${node === null ? '' : `${node} 使用的 `}${other} 重叠`,
    why: ({ subnet, other }) => `其他节点两条都会写入：前缀更长或后写入的一条会把发往 ${other} 中 Pod 的报文带到 ${subnet} 所指的机器`,
    fix: ({ subnet, other }) => `删除租约 ${subnet}，再原样写一次 ${other} 的租约，让各节点重新写入表项`,
  },
});
