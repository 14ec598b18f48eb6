import { kubeProxyTables } from '#dataplane/nft-service-rules';
import { memoised } from '#dataplane/memo';
import type { Facts } from '#facts/facts';
import type { IptablesRule } from '#facts/iptables/iptables';
import type { Family } from '#net/ip';
import { onNode } from '#snapshot/scope';
import { podRange } from './own-family.ts';
import { settingsOf } from './nft-mode/settings.ts';

/**
 * Whether the kube-proxy of a node tells apart what pods send: without a network of the pods (`--cluster-cidr`) it takes them for
 * anybody (cmd/kube-proxy/app/server_linux.go, getLocalDetectors). Where no rules are to be seen it is taken to.
 */
export function tellsPods(facts: Facts, node: string, family: Family): boolean {
  if (podRange(facts, node, family) !== undefined) return true;
  if (kubeProxyTables(facts, node, family).length > 0) return settingsOf(facts, node, family).local !== null;
  const rules = servingRules(facts).get(`${node} ${family}`) ?? [];
  return rules.length === 0 || rules.some(isAboutPods);
}

/** The rules in the chains of Service ports, by node and family. */
const servingRules = memoised((facts: Facts): ReadonlyMap<string, readonly IptablesRule[]> => {
  const all = new Map<string, readonly IptablesRule[]>();
  for (const node of facts.nodes()) {
    const tables = facts.seen('iptables', onNode(node));
    for (const { family, table, chains } of tables.is === 'gap' ? [] : tables.value) {
      if (table !== 'nat') continue;
      const own = chains.filter(({ name }) => /^(KUBE-(SVC|SVL|EXT|XLB)-|KUBE-SERVICES$)/.test(name)).flatMap((chain) => chain.rules);
      all.set(`${node} ${family}`, [...(all.get(`${node} ${family}`) ?? []), ...own]);
    }
  }
  return all;
});

/** What does not come from pods is masqueraded, or what does is led to all endpoints; masquerading all tells nothing either way. */
const isAboutPods = ({ text, source, in: device, target }: IptablesRule): boolean =>
  text.includes('pod traffic for ') ||
  (target?.name === 'KUBE-MARK-MASQ' &&
    (source?.not === true || device?.not === true || (text.includes(' cluster IP"') && source === null)));
