import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly node: string;
  readonly bridge: string;
  readonly device: string;
  /** The tunnel's MTU. */
  readonly wanted: number;
  /** The bridge's own, and the largest of a pod's device. */
  readonly bridgeMtu: number;
  readonly podMtu: number;
  readonly pods: readonly string[];
};

export default texts<Found>({
  en: {
    what: ({ node, bridge, bridgeMtu, podMtu, device, wanted }) =>
      `pods behind ${bridge} on ${node} send up to ${Math.max(podMtu, 0)} bytes (bridge ${bridgeMtu}), ${device} takes ${wanted}`,
    why: ({ node, wanted }) =>
      `a full packet does not fit into the tunnel: with DF ${node} answers "fragmentation needed, ${wanted}"; whoever does not hear or heed that (ICMP filtered, a proxy, UDP) hangs as soon as much data flows`,
    fix: ({ bridge, wanted }) => `set ${bridge} and every pod device behind it to MTU ${wanted}, and tell the runtime so`,
  },
  zh: {
    what: ({ node, bridge, bridgeMtu, podMtu, device, wanted }) =>
      `节点 ${node} 上 ${bridge} 后的 Pod MTU 为 ${podMtu}（网桥 ${bridgeMtu}），而 ${device} 只有 ${wanted}`,
    why: ({ node, wanted }) =>
      `满长报文装不进隧道：带 DF 时 ${node} 会回 "需要分片，MTU ${wanted}"；收不到或不处理该 ICMP 的一方（ICMP 被过滤、代理、UDP）在传大数据时会卡死`,
    fix: ({ bridge, wanted }) => `将 ${bridge} 及其后所有 Pod 网卡的 MTU 设为 ${wanted}，并写入容器运行时配置`,
  },
});
