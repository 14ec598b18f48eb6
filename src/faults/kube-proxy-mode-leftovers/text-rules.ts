import { texts } from '#engine/words';

/** What the rules that another mode left are worded from. */
export type Rules = {
  readonly left: 'rules';
  readonly node: string;
  /** The mode whose rules are left over, and the one that kube-proxy keeps. */
  readonly old: 'iptables' | 'nftables';
  readonly mode: 'iptables' | 'nftables';
  readonly services: readonly string[];
  /** Where the old rules lead, which is no endpoint. */
  readonly endpoints: readonly string[];
  /** A tracked connection that the old rules led there; `null`: none was seen. */
  readonly connection: string | null;
};

const list = (names: readonly string[]): string =>
  names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} (+${names.length - 3})`;

const PLACE = { iptables: 'the KUBE- chains', nftables: 'the table ip kube-proxy' } as const;
const PLACE_ZH = { iptables: 'KUBE- 链', nftables: '表 ip kube-proxy' } as const;

/** The words for rules that are left of another mode. */
export const rulesText = texts<Rules>({
  en: {
    what: ({ node, old, mode, services }) =>
      `${PLACE[old]} of kube-proxy's ${old} mode ${old === 'iptables' ? 'are' : 'is'} left on ${node} beside the rules of its ${mode} mode, and ${old === 'iptables' ? 'lead' : 'leads'} ${list(services)} astray`,
    why: ({ old, endpoints, connection }) =>
      `both translate addresses at the same priority, and what was registered last is asked first: the rules of ${old} mode, which nobody keeps any more, lead to ${list(endpoints)}, which is no endpoint${connection === null ? '' : `; the connection ${connection} went there`}`,
    fix: ({ old }) =>
      old === 'nftables' ? 'delete the table ip kube-proxy' : `take the jumps to kube-proxy's KUBE chains out of the built-in chains`,
  },
  zh: {
    what: ({ node, old, mode, services }) =>
      `节点 ${node} 上残留了 kube-proxy ${old} 模式的${PLACE_ZH[old]}，与当前 ${mode} 模式的规则并存，把 ${list(services)} 导向错误的后端`,
    why: ({ old, endpoints, connection }) =>
      `两者在同一优先级做地址转换，后注册的先被匹配：已无人维护的 ${old} 模式规则指向已不是后端的 ${list(endpoints)}${connection === null ? '' : `；连接 ${connection} 就被导向了那里`}`,
    fix: ({ old }) => (old === 'nftables' ? '删除表 ip kube-proxy' : '从内建链中删除到 kube-proxy 的 KUBE 链的跳转'),
  },
});
