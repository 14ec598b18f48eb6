import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly node: string;
  readonly subnet: string;
  /** The name that flanneld gives the device. */
  readonly device: string;
  /** Whether flanneld runs; unknown where neither its process nor its unit was captured. */
  readonly running: boolean | null;
};

export default texts<Found>({
  en: {
    what: ({ node, subnet, device }) => `${node} lives in ${subnet} and has no ${device}`,
    why: ({ node, running }) =>
      `without the VXLAN device ${node} has no route to any peer and takes nothing from them${running === false ? '; flanneld, which should make it, does not run (v0.28 panics when its device is deleted under it)' : ''}`,
    fix: ({ node, device }) => `make ${device} with the MAC that the lease names, and start flanneld on ${node}`,
  },
  zh: {
    what: ({ node, subnet, device }) => `节点 ${node} 属于子网 ${subnet}，但没有 ${device} 设备`,
    why: ({ node, running }) =>
      `没有 VXLAN 设备，${node} 既没有到对端的路由，也收不到对端的报文${running === false ? '；本应创建它的 flanneld 没有运行（v0.28 在设备被删除时会 panic 退出）' : ''}`,
    fix: ({ node, device }) => `以租约中的 MAC 重建 ${device}，并启动 ${node} 上的 flanneld`,
  },
});
