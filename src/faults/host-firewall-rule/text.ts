import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly node: string;
  readonly table: string;
  readonly chain: string;
  /** From 1; `null`: it is the chain's policy. */
  readonly position: number | null;
  readonly rule: string;
  /** The program whose rule it is; `null`: a person or an unknown program. */
  readonly owner: string | null;
  /** A packet that it kills. */
  readonly packet: string;
};

export default texts<Found>({
  en: {
    what: ({ node, table, rule, owner }) =>
      `a firewall rule on ${node} kills cluster traffic: ${table} ${rule} (${owner === null ? 'made by hand' : `of ${owner}`})`,
    why: ({ chain, position, packet }) =>
      `${packet} meets it ${position === null ? `as the policy of ${chain}` : `as rule ${position} of ${chain}`}, before anything accepts it`,
    fix: ({ chain, position, owner }) =>
      `${position === null ? `set the policy of ${chain} to ACCEPT` : `delete rule ${position} of ${chain}`}${owner === null ? '' : `, and change the configuration of ${owner}`}`,
  },
  zh: {
    what: ({ node, table, rule, owner }) =>
      `节点 ${node} 上的防火墙规则拦截了集群流量：${table} ${rule}（${owner === null ? '人工添加' : `属于 ${owner}`}）`,
    why: ({ chain, position, packet }) =>
      `${packet} 命中${position === null ? ` ${chain} 链的默认策略` : ` ${chain} 链第 ${position} 条规则`}，此前没有规则放行`,
    fix: ({ chain, position, owner }) =>
      `${position === null ? `将 ${chain} 链默认策略改为 ACCEPT` : `删除 ${chain} 链第 ${position} 条规则`}${owner === null ? '' : `，并修改 ${owner} 的配置`}`,
  },
});
