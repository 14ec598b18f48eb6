import { texts } from '#engine/words';
import type { Missing } from '#intent/kube-proxy/masquerade';
import type { Family } from '#net/ip';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly node: string;
  readonly what: Missing;
  readonly chain: string;
  /** Of iptables, or of ip6tables. */
  readonly family: Family;
  /** A Service whose endpoint got its own packet back, and that endpoint. */
  readonly service: string;
  readonly address: string;
  /** Whether its kernel threw the packet away, or the endpoint answered itself. */
  readonly isMartian: boolean;
  /** The systemd unit that runs kube-proxy; `null`: it is a pod. */
  readonly unit: string | null;
};

const chainText = ({ chain, family }: Pick<Found, 'chain' | 'family'>): string => (family === 6 ? `${chain} (ip6tables)` : chain);

const WHAT: Readonly<Record<Missing, (found: Found) => string>> = {
  jump: ({ node, ...found }) => `${chainText(found)} of ${node} does not jump to KUBE-POSTROUTING: nothing masquerades what Services need`,
  masquerade: ({ node, ...found }) => `${chainText(found)} of ${node} masquerades nothing`,
  mark: ({ node, ...found }) => `${chainText(found)} of ${node} marks nothing, so nothing is masqueraded for Services`,
  'other mark': ({ node, ...found }) => `on ${node} KUBE-MARK-MASQ sets one mark and ${chainText(found)} asks for another`,
};

const WHAT_ZH: Readonly<Record<Missing, (found: Found) => string>> = {
  jump: ({ node, ...found }) => `节点 ${node} 的 ${chainText(found)} 不再跳转到 KUBE-POSTROUTING，Service 流量没有做 SNAT`,
  masquerade: ({ node, ...found }) => `节点 ${node} 的 ${chainText(found)} 链中没有 MASQUERADE 规则`,
  mark: ({ node, ...found }) => `节点 ${node} 的 ${chainText(found)} 链没有打标记，Service 流量不会被 SNAT`,
  'other mark': ({ node, ...found }) => `节点 ${node} 上 KUBE-MARK-MASQ 打的标记与 ${chainText(found)} 检查的不一致`,
};

export default texts<Found>({
  en: {
    what: (found) => WHAT[found.what](found),
    why: ({ service, address, isMartian }) =>
      `when the rules pick ${address} for a connection that ${address} itself opened to ${service}, the packet comes back to it with its own address as the source, ${isMartian ? 'and its kernel drops it as a martian' : 'and it answers itself from an address that it did not call: whoever called waits in vain'}`,
    fix: ({ unit }) => (unit === null ? 'have kubelet start kube-proxy anew: delete its pod' : `restart ${unit}`),
  },
  zh: {
    what: (found) => WHAT_ZH[found.what](found),
    why: ({ service, address, isMartian }) =>
      `${address} 访问 ${service} 时若选中它自己，报文没有做 SNAT，源地址和目的地址都是 ${address}，${isMartian ? '被其内核当作 martian 丢弃' : '它以并未被访问的地址应答自己，发起方一直等到超时'}`,
    fix: ({ unit }) => (unit === null ? '删除该节点上的 kube-proxy Pod，由 kubelet 重新拉起' : `重启 ${unit}`),
  },
});
