import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = { readonly node: string; readonly device: string; readonly subnet: string | null };

export default texts<Found>({
  en: {
    what: ({ node, device }) => `${device} on ${node} is down`,
    why: ({ node, device, subnet }) =>
      `the kernel took the routes to all peers with it, and listens on no VXLAN port: pods on ${node}${subnet === null ? '' : ` (${subnet})`} are cut off from every other node; setting ${device} up again does not bring the routes back`,
    fix: ({ node, device }) => `set ${device} up and restart flanneld on ${node}, which programs its peers anew`,
  },
  zh: {
    what: ({ node, device }) => `节点 ${node} 上的 ${device} 处于 DOWN 状态`,
    why: ({ node, device, subnet }) =>
      `内核随之删除了到所有对端的路由，也不再监听 VXLAN 端口：${node}${subnet === null ? '' : `（${subnet}）`}上的 Pod 与其他节点全部不通；仅把 ${device} 重新 up 并不会恢复这些路由`,
    fix: ({ node, device }) => `将 ${device} 置为 up，并重启 ${node} 上的 flanneld，让它重新写入对端表项`,
  },
});
