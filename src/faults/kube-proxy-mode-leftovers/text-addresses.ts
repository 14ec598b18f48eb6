import { texts } from '#engine/words';

/** What the addresses that IPVS mode left are worded from. */
export type Addresses = {
  readonly left: 'addresses';
  readonly node: string;
  readonly mode: 'iptables' | 'nftables';
  /** The address that does harm, how many such there are, and how many the device holds in all. */
  readonly address: string;
  readonly harmful: number;
  readonly held: number;
  readonly owner: string;
  readonly ownerIs: 'node' | 'service' | 'nobody' | 'unknown';
};

const OWNERS = {
  node: ({ owner }: Addresses) => `, the address of ${owner}`,
  service: ({ owner }: Addresses) => `, an address of the Service ${owner}`,
  nobody: () => ', which no Service has any more',
  unknown: () => '',
} as const;

const OWNERS_ZH = {
  node: ({ owner }: Addresses) => `（节点 ${owner} 的地址）`,
  service: ({ owner }: Addresses) => `（Service ${owner} 的地址）`,
  nobody: () => '（已不属于任何 Service）',
  unknown: () => '',
} as const;

/** The words for addresses that are left on kube-ipvs0. */
export const addressesText = texts<Addresses>({
  en: {
    what: (found) =>
      `kube-ipvs0 is left on ${found.node} from kube-proxy's IPVS mode, and holds ${found.address}${OWNERS[found.ownerIs](found)}`,
    why: ({ node, mode, address }) =>
      `kube-proxy runs in ${mode} mode and no longer looks after it; ${node} takes ${address} for its own, so nothing that it sends there leaves it, and what comes from there is dropped as its own`,
    fix: ({ harmful, held }) =>
      `take ${harmful === 1 ? 'that address' : `${harmful} addresses`} off kube-ipvs0${held > harmful ? ', and then delete the device' : ''}`,
  },
  zh: {
    what: (found) =>
      `节点 ${found.node} 残留了 kube-proxy IPVS 模式的 kube-ipvs0，其上仍有 ${found.address}${OWNERS_ZH[found.ownerIs](found)}`,
    why: ({ node, mode, address }) =>
      `kube-proxy 现以 ${mode} 模式运行，不再维护该设备；${node} 把 ${address} 当作自己的地址：发往它的报文出不了本机，来自它的报文被当作自己发出的而丢弃`,
    fix: ({ harmful }) => `从 kube-ipvs0 上移除${harmful === 1 ? '该地址' : ` ${harmful} 个地址`}，随后删除该设备`,
  },
});
