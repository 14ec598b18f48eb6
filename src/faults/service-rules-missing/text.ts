import { texts } from '#engine/words';
import type { Family } from '#net/ip';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly node: string;
  readonly family: Family;
  readonly what: 'jump' | 'portals' | 'table';
  readonly chain: string;
  /** A Service that nobody reaches from here, with its address. */
  readonly service: string;
  readonly address: string;
  /** They were refused where a device holds that address, as kube-ipvs0 does. */
  readonly isRefused: boolean;
  /** The systemd unit that runs kube-proxy; `null`: it is a pod. */
  readonly unit: string | null;
};

const isNft = (chain: string): boolean => chain === 'services' || chain.startsWith('nat-');

/** Where a chain of IPv6 stands; of IPv4 its name is enough. */
const inSix = ({ family, chain }: Found): string => (family === 4 ? '' : isNft(chain) ? ' (ip6 kube-proxy)' : ' (ip6tables)');

/** nftables mode calls its chains in small letters. */
const portals = (entrance: string): string => (isNft(entrance) ? 'services' : 'KUBE-SERVICES');

export default texts<Found>({
  en: {
    what: (found) => {
      const { node, what, chain } = found;
      return {
        portals: `${node} has lost kube-proxy's rules: its chain ${chain}${inSix(found)} leads to no Service`,
        table: `${node} has lost kube-proxy's rules: its table ${chain} is gone`,
        jump: `${node} has lost the way into kube-proxy's rules: ${chain}${inSix(found)} does not jump to ${portals(chain)}`,
      }[what];
    },
    why: ({ node, service, address, isRefused }) =>
      `nothing on ${node} rewrites packets to ${address} of ${service}, so ${isRefused ? 'they end where that address is held and nothing listens' : 'they go where no machine has that address'}`,
    fix: ({ unit }) => (unit === null ? 'have kubelet start kube-proxy anew: delete its pod' : `restart ${unit}`),
  },
  zh: {
    what: (found) => {
      const { node, what, chain } = found;
      return {
        portals: `节点 ${node} 丢失了 kube-proxy 的规则：${chain}${inSix(found)} 链中没有任何 Service`,
        table: `节点 ${node} 丢失了 kube-proxy 的规则：${chain} 表已不存在`,
        jump: `节点 ${node} 的 ${chain}${inSix(found)} 不再跳转到 ${portals(chain)}`,
      }[what];
    },
    why: ({ node, service, address, isRefused }) =>
      `${node} 上没有规则改写发往 ${service}（${address}）的报文，${isRefused ? '报文到达持有该地址、却无人监听之处而被拒绝' : '报文被送往不存在该地址的地方'}`,
    fix: ({ unit }) => (unit === null ? '删除该节点上的 kube-proxy Pod，由 kubelet 重新拉起' : `重启 ${unit}`),
  },
});
