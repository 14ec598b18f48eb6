import { addRoute } from '#actions/route/preview';
import type { Plan } from '#engine/plan';
import { plainRoute } from '#facts/route/own-routes';
import { everything } from '#net/cidr';
import { parseIp } from '#net/ip';
import { onNode } from '#snapshot/scope';
import type { Found } from './text.ts';

/** The gateway that the other nodes of the network use; without one it is for a person. */
export function fix({ node, gateway, device }: Found): Plan {
  const via = gateway === null ? undefined : parseIp(gateway);
  const hops = via === undefined ? [] : [{ dev: device, via, onlink: false, weight: 1, dead: false }];
  return {
    steps: via === undefined ? [] : [addRoute(onNode(node), plainRoute(everything(4), device, { hops }))],
    ...(via === undefined
      ? {
          manual: {
            en: `on ${node}: ip route add default via <gateway> dev <uplink>`,
            zh: `在 ${node} 上执行：ip route add default via <网关> dev <上联网卡>`,
          },
        }
      : {}),
    blast: { en: `${node} also reaches what lies beyond its own networks`, zh: `${node} 同时恢复对外部网络的访问` },
    lasting: {
      en: 'put the gateway into the network configuration (netplan, ifcfg, NetworkManager), or mend DHCP',
      zh: '将网关写入网络配置（netplan、ifcfg、NetworkManager），或修复 DHCP',
    },
  };
}
