import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly node: string;
  /** The machinery whose rules are left over, and the one that kube-proxy writes to. */
  readonly old: 'legacy' | 'nft';
  readonly own: 'legacy' | 'nft';
  readonly services: readonly string[];
  /** Where the old rules lead, which is no endpoint. */
  readonly endpoints: readonly string[];
  /** A tracked connection that the old rules led there; `null`: none was seen. */
  readonly connection: string | null;
};

const list = (names: readonly string[]): string =>
  names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} (+${names.length - 3})`;

export default texts<Found>({
  en: {
    what: ({ node, old, own, services }) =>
      `iptables-${old} of ${node} still holds an old kube-proxy's rules beside those of iptables-${own}, and leads ${list(services)} astray`,
    why: ({ old, endpoints, connection }) =>
      `both machineries hang on the same hooks, and the one whose table was made last is asked first: the old rules of iptables-${old} lead to ${list(endpoints)}, which is no endpoint any more${connection === null ? '' : `; the connection ${connection} went there`}`,
    fix: ({ old }) => `take the jumps to KUBE chains out of iptables-${old}, and have one machinery on the node`,
  },
  zh: {
    what: ({ node, old, own, services }) =>
      `节点 ${node} 的 iptables-${old} 中残留旧 kube-proxy 的规则，与 iptables-${own} 并存，把 ${list(services)} 导向错误的后端`,
    why: ({ old, endpoints, connection }) =>
      `两套机制挂在同一钩子上，后创建的表先被匹配：iptables-${old} 的旧规则指向已不是后端的 ${list(endpoints)}${connection === null ? '' : `；连接 ${connection} 就被导向了那里`}`,
    fix: ({ old }) => `从 iptables-${old} 中删除到 KUBE 链的跳转，节点上只保留一套 iptables`,
  },
});
