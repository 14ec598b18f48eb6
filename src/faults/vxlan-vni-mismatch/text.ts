import type { OddDevice } from '#engine/setting-ruling';
import { texts } from '#engine/words';

export default texts<OddDevice>({
  en: {
    what: ({ node, device, own, wanted, peers }) => `${device} on ${node} has VNI ${own}, ${peers.join(', ')} have ${wanted}`,
    why: ({ node }) =>
      `${node} is cut off: packets from its peers arrive and belong to no device of this VNI: dropped without an answer or a counter, and theirs does the same with its packets`,
    fix: ({ node, device, wanted }) =>
      `make ${device} on ${node} anew with VNI ${wanted} and the MAC that its peers know, then restart flanneld there`,
  },
  zh: {
    what: ({ node, device, own, wanted, peers }) => `节点 ${node} 上 ${device} 的 VNI 是 ${own}，而 ${peers.join('、')} 使用 ${wanted}`,
    why: ({ node }) =>
      `${node} 与其他节点的隧道不通：对端发来的报文到达后找不到该 VNI 的设备，被静默丢弃，没有应答也没有计数；反方向同样如此`,
    fix: ({ node, device, wanted }) => `在 ${node} 上以 VNI ${wanted} 重建 ${device}（保留对端已知的 MAC），然后重启 flanneld`,
  },
});
