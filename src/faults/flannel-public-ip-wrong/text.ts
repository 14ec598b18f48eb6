import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly node: string;
  readonly subnet: string;
  /** What flanneld announced, and the device that it took it from. */
  readonly publicIp: string;
  readonly wrongDevice: string;
  /** The address by which peers reach the node, and its device. */
  readonly address: string;
  readonly device: string;
};

export default texts<Found>({
  en: {
    what: ({ node, publicIp, wrongDevice, address, device }) =>
      `flanneld on ${node} announces ${publicIp} (${wrongDevice}); its peers reach ${node} at ${address} (${device})`,
    why: ({ node, publicIp, wrongDevice }) =>
      `peers send the tunnel's packets to ${publicIp}, which is in none of their networks, and ${node} sends its own out of ${wrongDevice}: flanneld was told, or chose by the default route, the wrong interface`,
    fix: ({ node, device }) => `start flanneld on ${node} with -iface=${device}, its lease and its tunnel set to that address`,
  },
  zh: {
    what: ({ node, publicIp, wrongDevice, address, device }) =>
      `节点 ${node} 的 flanneld 对外宣告的是 ${publicIp}（${wrongDevice}），而其他节点通过 ${address}（${device}）访问它`,
    why: ({ node, publicIp, wrongDevice }) =>
      `其他节点把隧道报文发往 ${publicIp}，而该地址不在它们的任何网络中；${node} 自己的隧道报文也从 ${wrongDevice} 发出：flanneld 选错了网卡（参数指定错误，或按默认路由选择）`,
    fix: ({ node, device }) => `在 ${node} 上以 -iface=${device} 启动 flanneld，并把租约与隧道改到该地址`,
  },
});
