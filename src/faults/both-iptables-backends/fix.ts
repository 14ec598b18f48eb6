import { deleteRule } from '#actions/iptables-rule/preview';
import type { Plan } from '#engine/plan';
import type { IptablesTable } from '#facts/iptables/iptables';
import { kubeProxyJumps } from '#intent/kube-proxy/old-jumps';
import { onNode } from '#snapshot/scope';
import type { Found } from './text.ts';

/** Nothing jumps into the old chains any more; the last rule of each chain goes first, so that places stay true. */
export function fix({ node, old }: Found, tables: readonly IptablesTable[]): Plan {
  const steps = kubeProxyJumps(tables).map(({ table, chain, position, rule }) => deleteRule(onNode(node), table, chain, position, rule));
  return {
    steps,
    blast: {
      en: `new connections on ${node} follow the other machinery's rules alone; those that are tracked stay where they are until they end`,
      zh: `${node} 上的新连接只按另一套规则转发；已被跟踪的连接保持到结束`,
    },
    lasting: {
      en: `the old chains are harmless now: \`iptables-${old}-save | grep -v KUBE- | iptables-${old}-restore\` clears them, a reboot too; let host and kube-proxy's image choose the same machinery (update-alternatives --config iptables; images choose by the chain KUBE-KUBELET-CANARY or KUBE-IPTABLES-HINT that kubelet leaves)`,
      zh: `旧链已不再生效：可用 \`iptables-${old}-save | grep -v KUBE- | iptables-${old}-restore\` 清除，重启节点也可；让主机与 kube-proxy 镜像选用同一后端（update-alternatives --config iptables；镜像依据 kubelet 留下的 KUBE-KUBELET-CANARY、KUBE-IPTABLES-HINT 判断）`,
    },
  };
}
