import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly node: string;
  readonly bridge: string;
  /** The bridge's address with its length, and the subnet that it spans. */
  readonly has: string;
  readonly hasSubnet: string;
  /** The subnet that the node holds in flannel. */
  readonly lease: string;
  /** Whether the bridge's subnet lies in flannel's network and nobody else holds it: then the lease can follow the bridge. */
  readonly free: boolean;
};

export default texts<Found>({
  en: {
    what: ({ node, bridge, has, lease }) => `${bridge} on ${node} has ${has}, outside the node's flannel subnet ${lease}`,
    why: ({ node, bridge, lease, hasSubnet }) =>
      `pods behind ${bridge} get addresses of ${hasSubnet}, but every peer routes only ${lease} to ${node}: ${bridge} was up before flanneld had its subnet, or flanneld got another one since`,
    fix: ({ node, bridge, free, hasSubnet, lease }) =>
      free
        ? `let ${node} hold ${hasSubnet} again: write it into subnet.env, delete the lease of ${lease}, start flanneld; no pod has to be made anew`
        : `move ${bridge} into ${lease}: drain ${node}, stop the runtime, delete ${bridge}, start flanneld and then the runtime`,
  },
  zh: {
    what: ({ node, bridge, has, lease }) => `节点 ${node} 的 ${bridge} 地址为 ${has}，不在该节点的 flannel 子网 ${lease} 内`,
    why: ({ node, bridge, lease, hasSubnet }) =>
      `${bridge} 下的 Pod 使用 ${hasSubnet} 的地址，而其他节点只会把 ${lease} 路由到 ${node}：${bridge} 先于 flanneld 启动，或 flanneld 之后换了子网`,
    fix: ({ node, bridge, free, hasSubnet, lease }) =>
      free
        ? `让 ${node} 重新持有 ${hasSubnet}：写回 subnet.env，删除租约 ${lease}，再启动 flanneld；无需重建 Pod`
        : `把 ${bridge} 换到 ${lease}：驱逐 ${node} 上的 Pod，停止容器运行时，删除 ${bridge}，先启动 flanneld 再启动运行时`,
  },
});
