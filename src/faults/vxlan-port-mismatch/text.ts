import type { OddDevice } from '#engine/setting-ruling';
import { texts } from '#engine/words';

export default texts<OddDevice>({
  en: {
    what: ({ node, device, own, wanted, peers }) => `${device} on ${node} has UDP port ${own}, ${peers.join(', ')} have ${wanted}`,
    why: ({ node }) =>
      `${node} is cut off: nobody listens on the port that the other side sends to: the host answers port unreachable, which the tunnel ignores (Udp.NoPorts rises)`,
    fix: ({ node, device, wanted }) =>
      `make ${device} on ${node} anew with UDP port ${wanted} and the MAC that its peers know, then restart flanneld there`,
  },
  zh: {
    what: ({ node, device, own, wanted, peers }) =>
      `节点 ${node} 上 ${device} 的 UDP 端口 是 ${own}，而 ${peers.join('、')} 使用 ${wanted}`,
    why: ({ node }) => `${node} 与其他节点的隧道不通：对方发往的端口上没有监听：主机回复端口不可达，而隧道会忽略它（Udp.NoPorts 增长）`,
    fix: ({ node, device, wanted }) => `在 ${node} 上以 UDP 端口 ${wanted} 重建 ${device}（保留对端已知的 MAC），然后重启 flanneld`,
  },
});
