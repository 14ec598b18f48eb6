import type { Deadly } from '#engine/deadly';
import type { Plan } from '#engine/plan';
import { openedRule } from '#engine/plans/opened-rule';
import type { Words } from '#engine/words';
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
  en: 'look whether it is saved for the next boot: /etc/iptables/rules.v4, /etc/sysconfig/iptables, /etc/nftables.conf, a start script, a security agent',
  zh: '检查是否已保存为开机加载：/etc/iptables/rules.v4、/etc/sysconfig/iptables、/etc/nftables.conf、启动脚本、安全 agent',
};

/** Nobody but the program that holds such a table may change it (nf_tables_api.c, nft_table_lookup: EPERM). */
const isHeld = (placed: Deadly): boolean => placed.is === 'nft' && placed.table.owned;

const heldBy = (owner: string | null): Words =>
  LASTING[owner ?? ''] ?? {
    en: "the table belongs to the program that made it, and the kernel lets nobody else change it: change that program's configuration",
    zh: '该表归创建它的程序独占，内核不允许其他程序修改：请修改该程序的配置',
  };

/** Takes the one rule away, or opens the one policy. */
export function fix({ node, owner }: Found, placed: Deadly): Plan {
  const opened = openedRule(onNode(node), placed);
  return {
    ...(isHeld(placed) ? { steps: [], byHand: [opened], manual: heldBy(owner) } : { steps: [opened] }),
    blast: {
      en: `${node} also lets pass whatever else the ${placed.rule === null ? 'policy' : 'rule'} was meant to stop: narrow it rather than delete it where it has a purpose`,
      zh: `${node} 会同时放行该${placed.rule === null ? '策略' : '规则'}原本要拦截的其他流量：若它有用途，请收窄而不是删除`,
    },
    lasting: LASTING[owner ?? ''] ?? SAVED,
  };
}
