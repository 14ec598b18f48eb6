import type { Deadly } from '#engine/deadly';
import type { Plan } from '#engine/plan';
import { openedRule } from '#engine/plans/opened-rule';
import type { Words } from '#engine/words';
import { onNode } from '#snapshot/scope';
import type { Found } from './text.ts';

/** What keeps each program from setting the policy again. */
const LASTING: Readonly<Record<string, Words>> = {
  Docker: {
    en: 'Docker sets DROP again at a start that finds ip_forward = 0: keep net.ipv4.ip_forward = 1 in /etc/sysctl.d, or set "iptables": false (Docker 28: "ip-forward-no-drop": true) in /etc/docker/daemon.json',
    zh: 'Docker 启动时若发现 ip_forward = 0 会再次设为 DROP：在 /etc/sysctl.d 固定 net.ipv4.ip_forward = 1，或在 /etc/docker/daemon.json 设置 "iptables": false（Docker 28 起也可用 "ip-forward-no-drop": true）',
  },
  firewalld: {
    en: 'firewalld sets it again at each reload: put the pod network and its devices into the zone `trusted` (`firewall-cmd --permanent --zone=trusted --add-source=<pod network>`), or disable firewalld on cluster nodes',
    zh: 'firewalld 每次 reload 都会重设：将 Pod 网段加入 trusted 区域（`firewall-cmd --permanent --zone=trusted --add-source=<Pod 网段>`），或在集群节点停用 firewalld',
  },
  ufw: {
    en: 'ufw sets it again when it is enabled: DEFAULT_FORWARD_POLICY="ACCEPT" in /etc/default/ufw',
    zh: 'ufw 启用时会再次设置：在 /etc/default/ufw 写 DEFAULT_FORWARD_POLICY="ACCEPT"',
  },
};

const UNKNOWN_SETTER: Words = {
  en: 'nothing on this node is known to set it again; look into saved rules (/etc/iptables/rules.v4, /etc/sysconfig/iptables; /etc/nftables.conf, which nftables.service loads)',
  zh: '本节点没有已知会重设该策略的程序；请检查保存的规则（/etc/iptables/rules.v4、/etc/sysconfig/iptables，以及 nftables.service 加载的 /etc/nftables.conf）',
};

/** The policy of the very table that drops, and what keeps it so. */
export function fix({ node, setBy }: Found, policy: Deadly): Plan {
  return {
    steps: [openedRule(onNode(node), policy)],
    blast: {
      en: `${node} forwards whatever no rule forbids, also what a host firewall meant to keep out`,
      zh: `${node} 将转发所有未被规则禁止的流量，包括主机防火墙原本要拦截的`,
    },
    lasting: LASTING[setBy ?? ''] ?? UNKNOWN_SETTER,
  };
}
