import { insertRule } from '#actions/iptables-rule/preview';
import { type BareNftRule, insertNftRule } from '#actions/nft-rule/preview';
import type { Action } from '#change/change';
import type { Deadly } from '#engine/deadly';
import type { Plan } from '#engine/plan';
import type { BareRule } from '#facts/iptables/iptables';
import { writtenRule } from '#facts/iptables/written-rule';
import { openedRule } from '#engine/plans/opened-rule';
import { onNode } from '#snapshot/scope';
import type { Found } from './text.ts';

/** The rule that lets the tunnel's packets pass, as iptables-save writes it. */
const accept = (chain: string, port: number): BareRule =>
  writtenRule(chain, { protocol: 'udp', matches: [['udp', ['--dport', String(port)]]], target: 'ACCEPT' });

/** The same as nft writes it. */
const acceptNft = (port: number): BareNftRule => ({
  text: `udp dport ${port} accept`,
  statements: [
    { does: 'match', op: '==', left: { is: 'payload', protocol: 'udp', field: 'dport' }, right: port },
    { does: 'verdict', verdict: { is: 'verdict', verdict: 'accept', chain: null } },
  ],
  comment: null,
});

/** Whether the rule is about the tunnel's port and nothing else. */
function isAboutTunnel(it: Deadly, port: number): boolean {
  if (it.is === 'nft') return it.rule?.text?.includes(`udp dport ${port} `) === true;
  return (
    it.rule?.matches.some(({ options }) =>
      options.some(({ name, not, values }) => name.replace(/^-+/, '') === 'dport' && !not && values.join() === String(port)),
    ) === true
  );
}

/** Takes a rule away that is about this port; lets the port pass before one that is about more. */
function opened(it: Deadly, node: string, port: number): Action {
  const scope = onNode(node);
  if (it.rule !== null && isAboutTunnel(it, port)) return openedRule(scope, it);
  const place = it.position ?? it.chain.rules.length + 1;
  return it.is === 'nft'
    ? insertNftRule(scope, it.table, it.chain.name, place, acceptNft(port))
    : insertRule(scope, it.table, it.chain.name, place, accept(it.chain.name, port));
}

/** Lets the tunnel's packets pass. */
export function fix({ node, port }: Found, by: Deadly): Plan {
  return {
    steps: [opened(by, node, port)],
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
