import { deletePolicyRule } from '#actions/rule/preview';
import type { Plan } from '#engine/plan';
import type { Rule } from '#facts/rule/rule';
import { onNode } from '#snapshot/scope';
import type { Found } from './text.ts';

/** What keeps each program from making the rule again. */
const KEEPS: Readonly<Record<string, readonly [en: string, zh: string]>> = {
  Tailscale: [
    'tailscale set --accept-routes=false, or withdraw the route of the cluster in its admin console',
    'tailscale set --accept-routes=false，或在管理后台撤销该集群网段的路由',
  ],
  'wg-quick': [
    "take the cluster's networks out of AllowedIPs, or set `Table = off` in the configuration of WireGuard",
    '在 WireGuard 配置的 AllowedIPs 中排除集群网段，或设置 `Table = off`',
  ],
  strongSwan: [
    "charon.install_routes = no, or a traffic selector without the cluster's networks",
    'charon.install_routes = no，或在 traffic selector 中排除集群网段',
  ],
  Cilium: ['leftovers of an earlier CNI go with a reboot, or with its own clean-up', '旧 CNI 的残留可用其清理命令或重启清除'],
};

const UNKNOWN = [
  "find who makes it again: systemd-networkd ([RoutingPolicyRule]), netplan routing-policy, NetworkManager, the cloud's agent for a second network card, a VPN client",
  '查清谁会重新添加：systemd-networkd（[RoutingPolicyRule]）、netplan routing-policy、NetworkManager、云厂商多网卡脚本、VPN 客户端',
] as const;

/** The rule goes; its table stays. */
export function fix({ node, owner, priority }: Found, rule: Rule, network: string | null): Plan {
  const [en, zh] = KEEPS[owner ?? ''] ?? UNKNOWN;
  const before = `ip rule add to ${network ?? '<pod network>'} lookup main priority ${Math.max(1, priority - 1)}`;
  return {
    steps: [deletePolicyRule(onNode(node), rule)],
    blast: {
      en: `whatever else the rule led on ${node} follows its other rules: a VPN or a second network card may no longer be used`,
      zh: `${node} 上原本由该规则引导的其他流量改走其余规则：VPN 或第二块网卡可能不再被使用`,
    },
    lasting: {
      en: `${en}; where the rule is needed, keep it and put one before it: \`${before}\`, and the same for the nodes' own network`,
      zh: `${zh}；若该规则确有需要，则保留它并在其之前添加：\`${before}\`，节点网段同理`,
    },
  };
}
