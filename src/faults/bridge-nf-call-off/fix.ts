import { keepSysctl, setSysctl } from '#actions/sysctl/preview';
import type { Plan } from '#engine/plan';
import type { View } from '#engine/view';
import { onNode } from '#snapshot/scope';
import type { Found } from './text.ts';

/** Shows bridged packets to iptables again, and keeps it so where boot would not. */
export function fix({ node, setting, kept }: Found, { facts }: View): Plan {
  return {
    steps: [setSysctl(onNode(node), setting, '1'), ...(kept ? [] : [keepSysctl(facts, node, setting, '1')])],
    blast: {
      en: `packets between pods of ${node} meet its iptables rules, also those of a firewall; connections that began without them go on`,
      zh: `${node} 上 Pod 之间的报文会重新经过 iptables（包括防火墙规则），已有连接不受影响`,
    },
    lasting: {
      en: 'the setting exists only while br_netfilter is loaded, and is lost when the module is loaded again: name it in /etc/modules-load.d, before the sysctl file is read',
      zh: '该参数只在加载 br_netfilter 模块后存在，模块重新加载后会复位：请在 /etc/modules-load.d 中加入 br_netfilter，使其先于 sysctl 文件生效',
    },
  };
}
