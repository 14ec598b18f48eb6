import { type BareRule, deleteRule, insertRule } from '#actions/iptables-rule/preview';
import type { Plan } from '#engine/plan';
import type { PlacedRule } from '#facts/iptables/deadly';
import { onNode } from '#snapshot/scope';
import type { Found } from './text.ts';

/** The rule that lets the tunnel's packets pass, as iptables-save writes it. */
const accept = (chain: string, port: number): BareRule => ({
  text: `-A ${chain} -p udp -m udp --dport ${port} -j ACCEPT`,
  source: null,
  destination: null,
  in: null,
  out: null,
  protocol: { value: 'udp', not: false },
  fragment: null,
  matches: [{ name: 'udp', options: [{ name: '--dport', not: false, values: [String(port)] }] }],
  target: { does: 'jump', name: 'ACCEPT', options: [] },
  problem: null,
});

/** Whether the rule is about the tunnel's port and nothing else. */
const isAboutTunnel = ({ rule }: PlacedRule, port: number): boolean =>
  rule?.matches.some(({ options }) =>
    options.some(({ name, not, values }) => name.replace(/^-+/, '') === 'dport' && !not && values.join() === String(port)),
  ) === true;

/** Takes a rule away that is about this port; lets the port pass before one that is about more. */
export function fix({ node, port }: Found, placed: PlacedRule): Plan {
  const { table, chain, rule, position } = placed;
  const scope = onNode(node);
  const step =
    rule !== null && position !== null && isAboutTunnel(placed, port)
      ? deleteRule(scope, table, chain.name, position, rule)
      : insertRule(scope, table, chain.name, position ?? chain.rules.length + 1, accept(chain.name, port));
  return {
    steps: [step],
    blast: {
      en: `${node} exchanges UDP ${port} with everybody; narrow it to the other nodes' addresses where the network is not trusted`,
      zh: `${node} 将放行所有来源的 UDP ${port}；若网络不可信，请收窄为其他节点的地址`,
    },
    lasting: {
      en: `keep it where the firewall keeps its rules: firewalld \`--permanent --add-port=${port}/udp\`, \`ufw allow ${port}/udp\`, /etc/iptables/rules.v4, a security agent's policy`,
      zh: `写入防火墙自己的配置：firewalld \`--permanent --add-port=${port}/udp\`、\`ufw allow ${port}/udp\`、/etc/iptables/rules.v4 或安全 agent 策略`,
    },
  };
}
