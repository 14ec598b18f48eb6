import { kubeProxyTables } from '#dataplane/nft-service-rules';
import { memoised } from '#dataplane/memo';
import type { Facts } from '#facts/facts';
import type { IptablesRule } from '#facts/iptables/iptables';
import type { Family } from '#net/ip';
import type { Gap } from '#snapshot/gap';
import { onNode } from '#snapshot/scope';
import { missing, type Seen, seen } from '#snapshot/seen';
import { podRange } from './own-family.ts';
import { isOfService } from './nft-mode/names.ts';
import { settingsOf } from './nft-mode/settings.ts';

/**
 * Whether the kube-proxy of a node tells apart what pods send: without a network of the pods (`--cluster-cidr`) it takes them for
 * anybody (cmd/kube-proxy/app/server_linux.go, getLocalDetectors). Its flag tells it, else its rules; where neither was seen nobody knows.
 */
export function tellsPods(facts: Facts, node: string, family: Family): Seen<boolean> {
  if (podRange(facts, node, family) !== undefined) return seen(true, []);
  const [nft, tables] = [facts.seen('nft', onNode(node)), facts.seen('iptables', onNode(node))];
  const told = byNft(facts, node, family) ?? byIptables(servingRules(facts).get(`${node} ${family}`) ?? []);
  if (told !== null)
    return seen(
      told,
      [nft, tables].flatMap((one) => (one.is === 'gap' ? [] : one.origins)),
    );
  return tables.is === 'gap' && kubeProxyTables(facts, node).length === 0 ? tables : missing(notTold(node));
}

const notTold = (node: string): Gap => ({
  of: 'iptables',
  scope: onNode(node),
  why: 'not told',
  detail: `no rule of kube-proxy on ${node} tells whether it knows what pods send (--cluster-cidr)`,
  capture: 'leadline capture',
});

/** Where what comes to a cluster IP is masqueraded but for pods, it does; where all of it is, nobody knows. */
function byNft(facts: Facts, node: string, family: Family): boolean | null {
  const tables = kubeProxyTables(facts, node, family);
  if (tables.length === 0) return null;
  const { local, masqueradeAll } = settingsOf(facts, node, family);
  if (local !== null) return true;
  const isServing = tables.some(({ chains }) => chains.some(({ name, rules }) => isOfService(name) && rules.length > 0));
  return masqueradeAll || !isServing ? null : false;
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

/** Masquerading all that comes to a cluster IP (`--masquerade-all`) stands in the place of the rule that would tell. */
function byIptables(rules: readonly IptablesRule[]): boolean | null {
  if (rules.some(isAboutPods)) return true;
  // beside what it does with a Local Service's packets of the node itself stands what it does with those of pods (syncProxyRules)
  if (rules.some(({ text }) => text.includes(' LOCAL traffic for '))) return false;
  return rules.some(isForAll) || !rules.some(isPick) ? null : false;
}

/** What does not come from pods is masqueraded, or what does is led to all endpoints. */
const isAboutPods = ({ text, source, in: device, target }: IptablesRule): boolean =>
  text.includes('pod traffic for ') ||
  text.includes('Redirect pods trying to reach external ') ||
  (target?.name === 'KUBE-MARK-MASQ' && (source?.not === true || device?.not === true));

const isForAll = ({ text, source, target }: IptablesRule): boolean =>
  target?.name === 'KUBE-MARK-MASQ' && text.includes(' cluster IP"') && source === null;

/** Leads a Service's packets to an endpoint. */
const isPick = ({ target }: IptablesRule): boolean => target?.name.startsWith('KUBE-SEP-') === true;
