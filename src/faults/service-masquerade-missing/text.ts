import { texts } from '#engine/words';
import type { Missing } from '#intent/kube-proxy/masquerade';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly node: string;
  readonly what: Missing;
  readonly chain: string;
  /** A Service whose endpoint got its own packet back, and that endpoint. */
  readonly service: string;
  readonly address: string;
  /** The systemd unit that runs kube-proxy; `null`: it is a pod. */
  readonly unit: string | null;
};

const WHAT: Readonly<Record<Missing, (found: Found) => string>> = {
  jump: ({ node, chain }) => `${chain} of ${node} does not jump to KUBE-POSTROUTING: nothing masquerades what Services need`,
  masquerade: ({ node, chain }) => `${chain} of ${node} masquerades nothing`,
  mark: ({ node, chain }) => `${chain} of ${node} marks nothing, so nothing is masqueraded for Services`,
  'other mark': ({ node, chain }) => `on ${node} KUBE-MARK-MASQ sets one mark and ${chain} asks for another`,
};

const WHAT_ZH: Readonly<Record<Missing, (found: Found) => string>> = {
  jump: ({ node, chain }) => `节点 ${node} 的 ${chain} 不再跳转到 KUBE-POSTROUTING，Service 流量没有做 SNAT`,
  masquerade: ({ node, chain }) => `节点 ${node} 的 ${chain} 链中没有 MASQUERADE 规则`,
  mark: ({ node, chain }) => `节点 ${node} 的 ${chain} 链没有打标记，Service 流量不会被 SNAT`,
  'other mark': ({ node, chain }) => `节点 ${node} 上 KUBE-MARK-MASQ 打的标记与 ${chain} 检查的不一致`,
};

export default texts<Found>({
  en: {
    what: (found) => WHAT[found.what](found),
    why: ({ service, address }) =>
      `when the rules pick ${address} for a connection that ${address} itself opened to ${service}, the packet comes back to it with its own address as the source, and its kernel drops it as a martian`,
    fix: ({ unit }) => (unit === null ? 'have kubelet start kube-proxy anew: delete its pod' : `restart ${unit}`),
  },
  zh: {
    what: (found) => WHAT_ZH[found.what](found),
    why: ({ service, address }) =>
      `${address} 访问 ${service} 时若选中它自己，报文没有做 SNAT，源地址和目的地址都是 ${address}，被其内核当作 martian 丢弃`,
    fix: ({ unit }) => (unit === null ? '删除该节点上的 kube-proxy Pod，由 kubelet 重新拉起' : `重启 ${unit}`),
  },
});
