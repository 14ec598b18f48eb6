import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  /** The node that lives in the subnet, and its own address. */
  readonly node: string;
  readonly address: string;
  readonly subnet: string;
  /** What the lease says instead. */
  readonly publicIp: string;
  /** The captured peers that send there. */
  readonly peers: readonly string[];
};

export default texts<Found>({
  en: {
    what: ({ subnet, publicIp, node, address }) =>
      `the lease of ${subnet} points to ${publicIp}, where nobody answers; ${node} lives there, at ${address}`,
    why: ({ subnet, publicIp, peers }) =>
      `${peers.length === 0 ? 'peers' : peers.join(', ')} send packets for ${subnet} to a machine that is gone: the underlay finds no MAC for ${publicIp}`,
    fix: ({ node, address }) =>
      `put PublicIP ${address} and the true MAC into the lease, under the same etcd lease; do not just restart flanneld on ${node}: it finds no lease for its address and takes a new subnet`,
  },
  zh: {
    what: ({ subnet, publicIp, node, address }) =>
      `子网 ${subnet} 的租约指向 ${publicIp}，该地址已无机器应答；实际使用该子网的是 ${node}（${address}）`,
    why: ({ subnet, publicIp, peers }) =>
      `${peers.length === 0 ? '其他节点' : peers.join('、')} 把发往 ${subnet} 的报文送到一台已不存在的机器：底层网络解析不到 ${publicIp} 的 MAC`,
    fix: ({ node, address }) =>
      `将租约的 PublicIP 改为 ${address} 并写回真实 MAC（保留原 etcd lease）；不要只重启 ${node} 的 flanneld：它按自己的 IP 找不到租约，会另外申请一个新子网`,
  },
});
