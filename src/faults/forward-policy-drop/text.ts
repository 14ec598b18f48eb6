import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly node: string;
  /** Which machinery holds the chain: `legacy`, `nft`, or nothing where the dump does not tell. */
  readonly backend: string | null;
  /** The program on the node that is known to set such a policy. */
  readonly setBy: string | null;
};

export default texts<Found>({
  en: {
    what: ({ node, backend }) =>
      `the FORWARD chain${backend === null ? '' : ` (iptables-${backend})`} of ${node} drops what no rule accepts`,
    why: ({ setBy }) =>
      `no rule accepts pod packets before the policy DROP is met${setBy === null ? '' : `; ${setBy} on this node sets that policy when it starts`}`,
    fix: () => 'set the policy of FORWARD to ACCEPT, or let the CNI accept its network before it',
  },
  zh: {
    what: ({ node, backend }) =>
      `节点 ${node} 的 FORWARD 链${backend === null ? '' : `（iptables-${backend}）`}默认策略为 DROP，且没有规则放行 Pod 流量`,
    why: ({ setBy }) => `Pod 报文在到达默认策略之前没有被任何规则接受${setBy === null ? '' : `；本节点的 ${setBy} 启动时会设置该策略`}`,
    fix: () => '将 FORWARD 默认策略改为 ACCEPT，或由 CNI 在其之前放行 Pod 网段',
  },
});
