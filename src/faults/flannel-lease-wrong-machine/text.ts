import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  /** The node that lives in the subnet, and its own address. */
  readonly node: string;
  readonly address: string;
  readonly subnet: string;
  /** What the lease says instead. */
  readonly publicIp: string;
  /** The captured machine that has the address; null: one that answers but was not captured. */
  readonly machine: string | null;
  /** The captured peers that send there. */
  readonly peers: readonly string[];
};

export default texts<Found>({
  en: {
    what: ({ subnet, publicIp, node, address, machine }) =>
      `the lease of ${subnet} points to ${publicIp}, which is ${machine ?? 'another machine'}; ${node} lives there, at ${address}`,
    why: ({ subnet, publicIp, peers, machine }) =>
      `${peers.length === 0 ? 'peers' : peers.join(', ')} send packets for ${subnet} to ${machine ?? publicIp}, which has no such pods and drops them`,
    fix: ({ node, address }) =>
      `put PublicIP ${address} and the true MAC into the lease, under the same etcd lease; do not just restart flanneld on ${node}: it finds no lease for its address and takes a new subnet`,
  },
  zh: {
    what: ({ subnet, publicIp, node, address, machine }) =>
      `子网 ${subnet} 的租约指向 ${publicIp}，那是 ${machine ?? '另一台机器'}；实际使用该子网的是 ${node}（${address}）`,
    why: ({ subnet, publicIp, peers, machine }) =>
      `${peers.length === 0 ? '其他节点' : peers.join('、')} 把发往 ${subnet} 的报文送到 ${machine ?? publicIp}，那里没有这些 Pod，报文被丢弃`,
    fix: ({ node, address }) =>
      `将租约的 PublicIP 改为 ${address} 并写回真实 MAC（保留原 etcd lease）；不要只重启 ${node} 的 flanneld：它按自己的 IP 找不到租约，会另外申请一个新子网`,
  },
});
