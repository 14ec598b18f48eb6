import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly node: string;
  readonly priority: number;
  /** The rule as `ip rule` prints it, without its priority. */
  readonly rule: string;
  /** A packet that it took, as `source → destination`. */
  readonly packet: string;
  /** Where the rule sends it, and where all other rules would: `dev wg0`, `via 10.0.0.1 dev eth0`, or what refuses it. */
  readonly took: string;
  readonly otherwise: string;
  /** The program that makes such rules. */
  readonly owner: string | null;
};

export default texts<Found>({
  en: {
    what: ({ node, priority, rule, owner }) =>
      `a policy rule of ${node} takes the cluster's packets away from its routes: ${priority}: ${rule}${owner === null ? '' : ` (of ${owner})`}`,
    why: ({ packet, took, otherwise }) => `${packet} is sent as that rule says: ${took}; without it its way is ${otherwise}`,
    fix: ({ priority }) => `delete rule ${priority}, or have the cluster's networks looked up in table main before it`,
  },
  zh: {
    what: ({ node, priority, rule, owner }) =>
      `节点 ${node} 的策略路由规则抢走了集群流量：${priority}: ${rule}${owner === null ? '' : `（属于 ${owner}）`}`,
    why: ({ packet, took, otherwise }) => `报文 ${packet} 按该规则转发：${took}；没有它则走 ${otherwise}`,
    fix: ({ priority }) => `删除优先级 ${priority} 的规则，或在它之前增加一条让集群网段查 main 表的规则`,
  },
});
