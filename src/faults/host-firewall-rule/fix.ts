import type { Plan } from '#engine/plan';
import { openedRule } from '#engine/plans/opened-rule';
import type { Words } from '#engine/words';
import type { PlacedRule } from '#facts/iptables/deadly';
import { onNode } from '#snapshot/scope';
import type { Found } from './text.ts';

/** Where the owner keeps what it will write again. */
const LASTING: Readonly<Record<string, Words>> = {
  ufw: {
    en: 'ufw writes it again: `ufw route allow` for forwarded traffic, `ufw allow from <pod network>` for the node itself, or `ufw disable` on cluster nodes',
    zh: 'ufw 会再次写入：转发流量用 `ufw route allow`，到节点自身用 `ufw allow from <Pod 网段>`，或在集群节点 `ufw disable`',
  },
  firewalld: {
    en: 'firewalld writes it again: `firewall-cmd --permanent --zone=trusted --add-source=<pod network>` and reload, or disable firewalld on cluster nodes',
    zh: 'firewalld 会再次写入：`firewall-cmd --permanent --zone=trusted --add-source=<Pod 网段>` 后 reload，或在集群节点停用 firewalld',
  },
  fail2ban: {
    en: 'fail2ban writes it again when it bans: put the pod and node networks into `ignoreip`',
    zh: 'fail2ban 再次封禁时会写入：将 Pod 与节点网段加入 `ignoreip`',
  },
};

const SAVED: Words = {
  en: 'look whether it is saved for the next boot: /etc/iptables/rules.v4, /etc/sysconfig/iptables, a start script, a security agent',
  zh: '检查是否已保存为开机加载：/etc/iptables/rules.v4、/etc/sysconfig/iptables、启动脚本、安全 agent',
};

/** Takes the one rule away, or opens the one policy. */
export function fix({ node, owner }: Found, placed: PlacedRule): Plan {
  return {
    steps: [openedRule(onNode(node), placed)],
    blast: {
      en: `${node} also lets pass whatever else the ${placed.rule === null ? 'policy' : 'rule'} was meant to stop: narrow it rather than delete it where it has a purpose`,
      zh: `${node} 会同时放行该${placed.rule === null ? '策略' : '规则'}原本要拦截的其他流量：若它有用途，请收窄而不是删除`,
    },
    lasting: LASTING[owner ?? ''] ?? SAVED,
  };
}
