import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly node: string;
  readonly device: string;
  /** A source whose answers would leave by another device. */
  readonly source: string;
  /** The setting that makes it strict. */
  readonly setting: string;
};

export default texts<Found>({
  en: {
    what: ({ node, device }) =>
      `${node} drops what comes in by ${device} because its answers would leave by another device (strict rp_filter)`,
    why: ({ source, device, setting }) =>
      `${setting} = 1 allows packets from ${source} only where the route back to it leaves: not by ${device}`,
    fix: ({ device }) => `set net.ipv4.conf.${device.replaceAll('.', '/')}.rp_filter to 2 (loose), or make the way back symmetric`,
  },
  zh: {
    what: ({ node, device }) => `节点 ${node} 因严格反向路径过滤（rp_filter）丢弃从 ${device} 进来的报文`,
    why: ({ source, device, setting }) => `${setting} = 1 要求回程路由与入口一致，而到 ${source} 的回程路由不走 ${device}`,
    fix: ({ device }) => `将 net.ipv4.conf.${device.replaceAll('.', '/')}.rp_filter 设为 2（宽松），或修正路由使往返路径一致`,
  },
});
