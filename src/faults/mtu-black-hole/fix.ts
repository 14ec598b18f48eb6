import { setLinkMtu } from '#actions/link/preview';
import type { Plan } from '#engine/plan';
import { onNode } from '#snapshot/scope';
import type { Found } from './text.ts';

/** Room for what comes to the device; a refusal that is lost is for a person, for it may be lost anywhere on the way back. */
export function fix({ node, device, needed, refused }: Found): Plan {
  return {
    steps: refused ? [] : [setLinkMtu(onNode(node), device, needed)],
    ...(refused
      ? {
          manual: {
            en: `find the rule that drops ICMP between ${node} and the pods (\`iptables -nvL | grep icmp\`), or lower the MTU of the pods: net-conf.json or the CNI's "mtu"`,
            zh: `找出 ${node} 与 Pod 之间拦截 ICMP 的规则（\`iptables -nvL | grep icmp\`），或在 net-conf.json / CNI 配置的 "mtu" 中调小 Pod MTU`,
          },
        }
      : {}),
    blast: { en: `all that ${node} sends and receives by ${device}`, zh: `${node} 经 ${device} 收发的全部流量` },
    lasting: {
      en: `where the network below really takes less than ${needed} bytes, lower flannel's MTU instead (it takes the uplink's minus 50 when it starts) and make the pods anew`,
      zh: `若底层网络确实承载不了 ${needed} 字节，应改为调小 flannel 的 MTU（它启动时取上联网卡 MTU 减 50）并重建 Pod`,
    },
  };
}
