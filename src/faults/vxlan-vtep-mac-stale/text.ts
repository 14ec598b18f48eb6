import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly node: string;
  readonly subnet: string;
  readonly publicIp: string;
  readonly device: string;
  /** What flannel's lease says, and so every peer sends to. */
  readonly leaseMac: string;
  /** What the node's VXLAN device really has. */
  readonly deviceMac: string;
  /** The captured peers that send to the lease's MAC. */
  readonly peers: readonly string[];
  /** The captured node whose device has the lease's MAC. */
  readonly holder: string | null;
};

export default texts<Found>({
  en: {
    what: ({ node, subnet, device, leaseMac, deviceMac }) =>
      `the lease of ${subnet} says VtepMAC ${leaseMac}, but ${device} on ${node} has ${deviceMac}`,
    why: ({ node, peers, holder }) =>
      `${peers.length === 0 ? 'peers' : peers.join(', ')} put ${holder === null ? 'a MAC that no captured machine has' : `${holder}'s MAC`} into the inner frame; ${node} gets it, sees that it is not for itself, and drops it without a word`,
    fix: ({ node, deviceMac }) =>
      `put the true MAC ${deviceMac} into the lease, under the same etcd lease; or restart flanneld on ${node}, which writes it (never delete the key: flanneld on ${node} would end)`,
  },
  zh: {
    what: ({ node, subnet, device, leaseMac, deviceMac }) =>
      `子网 ${subnet} 的租约中 VtepMAC 为 ${leaseMac}，而节点 ${node} 上 ${device} 的实际 MAC 是 ${deviceMac}`,
    why: ({ node, peers, holder }) =>
      `${peers.length === 0 ? '其他节点' : peers.join('、')} 封装时内层目的 MAC 写的是${holder === null ? '一台不存在（或旧）机器的地址' : ` ${holder} 的地址`}；报文到达 ${node} 后因目的 MAC 不是自己而被静默丢弃`,
    fix: ({ node, deviceMac }) =>
      `将租约改回真实 MAC ${deviceMac}（保留原 etcd lease），或重启 ${node} 上的 flanneld，由它自己写回；不要直接删除该 key，否则 ${node} 上的 flanneld 会退出`,
  },
});
