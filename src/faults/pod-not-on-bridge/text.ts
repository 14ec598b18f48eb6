import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly pod: string;
  readonly node: string;
  readonly device: string;
  readonly bridge: string;
  readonly master: string | null;
};

export default texts<Found>({
  en: {
    what: ({ pod, node, device, bridge }) => `${pod} hangs on no bridge: its veth ${device} on ${node} is not a port of ${bridge}`,
    why: ({ bridge, master }) =>
      `${bridge} is where its address and its gateway are${master === null ? '' : `, but the veth is a port of ${master}`}`,
    fix: ({ device, bridge }) => `make ${device} a port of ${bridge} again`,
  },
  zh: {
    what: ({ pod, node, device, bridge }) => `${pod} 没有接入网桥：节点 ${node} 上的 ${device} 不是 ${bridge} 的端口`,
    why: ({ bridge, master }) => `它的地址和网关都在 ${bridge} 上${master === null ? '' : `，而 veth 却接在 ${master}`}`,
    fix: ({ device, bridge }) => `将 ${device} 重新加入 ${bridge}`,
  },
});
