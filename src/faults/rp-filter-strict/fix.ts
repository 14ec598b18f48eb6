import { keepSysctl, setSysctl } from '#actions/sysctl/preview';
import type { Plan } from '#engine/plan';
import type { View } from '#engine/view';
import { onNode } from '#snapshot/scope';
import type { Found } from './text.ts';

const LOOSE = '2';

/** Loose mode on the one device: the larger number counts, so it wins over `all`. */
export function fix({ node, device }: Found, { facts }: View): Plan {
  const name = `net.ipv4.conf.${device.replaceAll('.', '/')}.rp_filter`;
  return {
    steps: [setSysctl(onNode(node), name, LOOSE), keepSysctl(facts, node, name, LOOSE)],
    blast: {
      en: `${node} accepts sources on ${device} that any of its routes leads back to; spoofed ones that none leads to are still dropped`,
      zh: `${node} 的 ${device} 接受任何有回程路由的源地址；没有回程路由的伪造源地址仍会被丢弃`,
    },
    lasting: {
      en: 'a device that is made anew takes net.ipv4.conf.default.rp_filter: for devices that flannel or the CNI makes set that one to 0 or 2 too; systemd sets it in /usr/lib/sysctl.d/50-default.conf',
      zh: '新建的网卡继承 net.ipv4.conf.default.rp_filter：对 flannel 或 CNI 创建的网卡，请一并将其设为 0 或 2；systemd 的默认值在 /usr/lib/sysctl.d/50-default.conf',
    },
  };
}
