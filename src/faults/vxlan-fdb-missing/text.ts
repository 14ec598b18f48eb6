import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly from: string;
  readonly to: string;
  readonly device: string;
  readonly mac: string;
  readonly dst: string;
};

export default texts<Found>({
  en: {
    what: ({ from, device, mac, to }) => `${device} on ${from} does not know behind which machine ${mac} (${to}) lives: no FDB entry`,
    why: ({ from, to, device }) =>
      `${from} has the route and the neighbour for ${to}, but without an FDB entry there is no address for the outer packet: ${device} drops it (tx dropped), and flanneld repairs nothing that was deleted by hand`,
    fix: ({ from, device, mac, dst }) =>
      `on ${from}: bridge fdb replace ${mac} dev ${device} dst ${dst} self permanent (a restart of flanneld there does the same)`,
  },
  zh: {
    what: ({ from, device, mac, to }) => `节点 ${from} 的 ${device} 缺少 ${to} 的 FDB 表项（${mac}），不知道应封装到哪台机器`,
    why: ({ from, to, device }) =>
      `${from} 上到 ${to} 的路由和邻居表项都在，但缺少 FDB 表项就没有外层目的地址，报文在 ${device} 上被丢弃（tx dropped）；flanneld 不会修复被手工删除的表项`,
    fix: ({ from, device, mac, dst }) =>
      `在 ${from} 上执行 bridge fdb replace ${mac} dev ${device} dst ${dst} self permanent（重启该节点的 flanneld 效果相同）`,
  },
});
