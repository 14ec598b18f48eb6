import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly from: string;
  readonly to: string;
  readonly device: string;
  readonly address: string;
  readonly mac: string;
};

export default texts<Found>({
  en: {
    what: ({ from, to, device, address }) => `${from} has no neighbour entry for ${address}, the VTEP of ${to}, on ${device}`,
    why: ({ from, to }) =>
      `flannel's device asks nobody for a MAC: without the permanent entry every packet from ${from} to the pods of ${to} waits for an answer that cannot come, and ends in "host unreachable"`,
    fix: ({ from, device, address, mac }) =>
      `on ${from}: ip neigh replace ${address} lladdr ${mac} dev ${device} nud permanent (a restart of flanneld there does the same)`,
  },
  zh: {
    what: ({ from, to, device, address }) => `节点 ${from} 的 ${device} 上缺少 ${to} 的 VTEP ${address} 的邻居（ARP）表项`,
    why: ({ from, to }) =>
      `flannel 的 VXLAN 设备不做 ARP 广播：缺少永久表项时，${from} 发往 ${to} 上 Pod 的报文永远等不到应答，最终报 host unreachable`,
    fix: ({ from, device, address, mac }) =>
      `在 ${from} 上执行 ip neigh replace ${address} lladdr ${mac} dev ${device} nud permanent（重启该节点的 flanneld 效果相同）`,
  },
});
