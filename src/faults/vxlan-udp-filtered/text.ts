import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly node: string;
  readonly table: string;
  readonly chain: string;
  /** The rule or policy as it was written. */
  readonly rule: string;
  readonly port: number;
  /** Whether it stops what the node sends, or what comes in. */
  readonly way: 'in' | 'out';
  /** The other end of a tunnel that it cuts. */
  readonly peer: string;
};

export default texts<Found>({
  en: {
    what: ({ node, rule, port, way }) =>
      `${node} ${way === 'in' ? 'lets no VXLAN packet in' : 'lets no VXLAN packet out'}: ${rule} meets UDP ${port}`,
    why: ({ way, peer }) =>
      `the tunnel's packets ${way === 'in' ? 'from' : 'to'} ${peer} are dropped by the host's own firewall, after (or before) all that flannel and kube-proxy programmed did its work`,
    fix: ({ node, table, chain, port }) =>
      `on ${node}: accept UDP ${port} of the other nodes in ${chain} (table ${table}), or take the rule away where it has no other purpose`,
  },
  zh: {
    what: ({ node, rule, port, way }) =>
      `节点 ${node} 的防火墙${way === 'in' ? '拦截了进入' : '拦截了发出'}的 VXLAN 报文（UDP ${port}）：${rule}`,
    why: ({ way, peer }) =>
      `隧道报文（${way === 'in' ? '来自' : '发往'} ${peer}）被主机自身的防火墙丢弃，与 flannel、kube-proxy 的配置无关`,
    fix: ({ node, table, chain, port }) =>
      `在 ${node} 的 ${chain} 链（${table} 表）中放行来自其他节点的 UDP ${port}；若该规则别无用途可直接删除`,
  },
});
