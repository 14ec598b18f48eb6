import { deleteAddress } from '#actions/address/preview';
import { setSysctl } from '#actions/sysctl/preview';
import type { Action } from '#change/change';
import type { Plan } from '#engine/plan';
import { onNode } from '#snapshot/scope';
import type { Answering } from './answering.ts';
import type { Found } from './text.ts';

const QUIET = [
  ['net.ipv4.conf.all.arp_ignore', '1'],
  ['net.ipv4.conf.all.arp_announce', '2'],
] as const;

/** Devices are kept quiet by the settings of strictARP; an address on the uplink itself has to go. */
export const fix = ({ service, isOnUplink }: Found, wrong: readonly Answering[]): Plan => ({
  steps: wrong.flatMap(({ node, held, uplink }): readonly Action[] =>
    held.dev === uplink
      ? [deleteAddress(onNode(node), held.dev, held.address, held.length)]
      : QUIET.map(([name, value]) => setSysctl(onNode(node), name, value)),
  ),
  blast: {
    en: `clients of ${service} that learnt a wrong answer keep it until it grows stale or the right node announces itself; each device of these nodes then answers for its own addresses only`,
    zh: `${service} 的客户端若已学到错误的 ARP 应答，会保留到条目过期或正确节点发出免费 ARP；之后这些节点的每块网卡只应答自己的地址`,
  },
  lasting: isOnUplink
    ? {
        en: 'find who put it there: a kube-vip or keepalived that was killed, a hand-typed `ip addr add`, netplan or ifcfg files',
        zh: '查清地址来源：被强杀的 kube-vip/keepalived、手工 `ip addr add`、netplan/ifcfg 配置文件',
      }
    : {
        en: 'kube-proxy sets both by itself with `ipvs: strictARP: true` in its ConfigMap, which MetalLB and kube-vip ask for in IPVS mode; else a file in /etc/sysctl.d',
        zh: '在 kube-proxy 的 ConfigMap 中设置 `ipvs: strictARP: true`（IPVS 模式下 MetalLB、kube-vip 的前提），它会自动设置这两个参数；否则写入 /etc/sysctl.d',
      },
});
