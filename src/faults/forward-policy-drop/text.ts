import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly node: string;
  /** Which machinery holds the chain: iptables' `legacy` or `nft`, native `nftables`, or nothing where the dump does not tell. */
  readonly backend: 'legacy' | 'nft' | 'nftables' | null;
  /** `FORWARD`; of nftables with its table: `inet filter forward`. */
  readonly chain: string;
  /** The program on the node that is known to set such a policy. */
  readonly setBy: string | null;
};

/** Each table of nftables is asked by itself, so that another one's `accept` does not help. */
const alone = ({ backend }: Found, words: string): string => (backend === 'nftables' ? words : '');

const chainIn = ({ backend, chain }: Found): string =>
  backend === null ? `${chain} chain` : backend === 'nftables' ? `nftables chain ${chain}` : `${chain} chain (iptables-${backend})`;

const chainZh = ({ backend, chain }: Found): string =>
  backend === 'nftables' ? ` nftables 链 ${chain} ` : ` ${chain} 链${backend === null ? '' : `（iptables-${backend}）`}`;

export default texts<Found>({
  en: {
    what: (found) => `the ${chainIn(found)} of ${found.node} drops what no rule accepts`,
    why: (found) =>
      `no rule accepts pod packets before the policy DROP is met${alone(found, ', and an accept in another table does not count here')}${found.setBy === null ? '' : `; ${found.setBy} on this node sets that policy when it starts`}`,
    fix: (found) =>
      found.backend === 'nftables'
        ? `set the policy of ${found.chain} to accept, or let that very chain accept the pod network`
        : 'set the policy of FORWARD to ACCEPT, or let the CNI accept its network before it',
  },
  zh: {
    what: (found) => `节点 ${found.node} 的${chainZh(found)}默认策略为 DROP，且没有规则放行 Pod 流量`,
    why: (found) =>
      `Pod 报文在到达默认策略之前没有被任何规则接受${alone(found, '，其他表中的 accept 在此不生效')}${found.setBy === null ? '' : `；本节点的 ${found.setBy} 启动时会设置该策略`}`,
    fix: (found) =>
      found.backend === 'nftables'
        ? `将 ${found.chain} 的默认策略改为 accept，或在该链内放行 Pod 网段`
        : '将 FORWARD 默认策略改为 ACCEPT，或由 CNI 在其之前放行 Pod 网段',
  },
});
