import { keepSysctl, setSysctl } from '#actions/sysctl/preview';
import type { Plan } from '#engine/plan';
import type { View } from '#engine/view';
import { onNode } from '#snapshot/scope';
import type { Found } from './text.ts';

/** Switches forwarding on, and keeps it where boot would not. */
export function fix({ node, setting, kept }: Found, { facts }: View): Plan {
  return {
    steps: [setSysctl(onNode(node), setting, '1'), ...(kept ? [] : [keepSysctl(facts, node, setting, '1')])],
    blast: {
      en: `${node} routes between all its devices again; no connection is cut`,
      zh: `${node} 恢复在所有网卡之间转发，不会中断已有连接`,
    },
    lasting: {
      en: 'find what wrote the 0: `grep -r forward /etc/sysctl.conf /etc/sysctl.d /usr/lib/sysctl.d`, hardening scripts, network restarts',
      zh: '查清是谁写入了 0：`grep -r forward /etc/sysctl.conf /etc/sysctl.d /usr/lib/sysctl.d`、安全加固脚本、网络服务重启',
    },
  };
}
