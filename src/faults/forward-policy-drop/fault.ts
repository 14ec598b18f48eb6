import { type Deadly, deadlyOf, deadlyOwner, isForwardPolicy } from '#engine/deadly';
import { openGaps } from '#engine/ended';
import { everyNode } from '#engine/every-node';
import { defineFault } from '#engine/fault';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { View } from '#engine/view';
import type { Facts } from '#facts/facts';
import type { IptablesChain, IptablesTable } from '#facts/iptables/iptables';
import { forwardPolicySetter } from '#facts/iptables/owner';
import type { NftChain } from '#facts/nft/nft';
import type { Gap } from '#snapshot/gap';
import { onNode } from '#snapshot/scope';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

type Node = Extract<Subject, { kind: 'node' }>;

/** The policy that failing flows on this node ended by. */
const deadly = (node: string, view: View): Deadly | undefined =>
  view
    .endings(node)
    .flatMap(({ walk }) => (walk.at.netns === '' ? (deadlyOf(view.facts, walk) ?? []) : []))
    .find((it) => isForwardPolicy(it));

const iptablesOf = (facts: Facts, node: string): readonly IptablesTable[] => {
  const tables = facts.seen('iptables', onNode(node));
  return tables.is === 'gap' ? [] : tables.value;
};

/** The chains of iptables that have such a policy. */
const forwardChains = (tables: readonly IptablesTable[]): readonly IptablesChain[] =>
  tables
    .filter(({ family, table }) => family === 4 && table === 'filter')
    .flatMap(({ chains }) => chains.filter(({ name }) => name === 'FORWARD'));

/** The same of native nftables: any table can have some. */
function forwardHooks(facts: Facts, node: string): readonly NftChain[] {
  const tables = facts.seen('nft', onNode(node));
  const asked = tables.is === 'gap' ? [] : tables.value.filter(({ dormant, family }) => !dormant && /^(?:ip|inet)$/.test(family));
  return asked.flatMap(({ chains }) => chains.filter(({ base }) => base?.hook === 'forward'));
}

function foundOf(node: string, it: Deadly, view: View): Found {
  if (it.is === 'nft')
    return { node, backend: 'nftables', chain: `${it.table.family} ${it.table.name} ${it.chain.name}`, setBy: deadlyOwner(it) };
  const processes = view.seen('process', onNode(node));
  const running = processes.is === 'seen' ? processes.value.map(({ name }) => name) : [];
  const setBy = forwardPolicySetter(iptablesOf(view.facts, node), running);
  return { node, backend: it.table.backend ?? null, chain: it.chain.name, setBy };
}

function ruling(node: string, view: View): Ruling<Found> {
  const it = deadly(node, view);
  if (it !== undefined) return found(foundOf(node, it, view), [it.chain]);
  const unread = unreadPolicies(node, view);
  if (unread !== undefined) return unknown(unread);
  const [chains, hooks] = [forwardChains(iptablesOf(view.facts, node)), forwardHooks(view.facts, node)];
  const drops = chains.some(({ policy }) => policy === 'DROP') || hooks.some(({ base }) => base?.policy === 'drop');
  const gaps = openGaps(view, node);
  if (drops && gaps.length > 0) return unknown(...gaps);
  const tables = view.seen('iptables', onNode(node));
  const evidence = [...chains, ...hooks];
  return absent(evidence.length > 0 || tables.is === 'gap' ? evidence : tables.origins);
}

/** Why not every policy of the node is known. */
function unreadPolicies(node: string, view: View): Gap | undefined {
  const [tables, nft] = [view.seen('iptables', onNode(node)), view.seen('nft', onNode(node))];
  if (tables.is === 'gap') return tables.gap;
  if (nft.is === 'gap') return nft.gap;
  return !tables.complete && forwardChains(tables.value).length === 0 ? notRead(node) : undefined;
}

/** A policy of FORWARD that drops pod packets, for no rule accepts them before. */
export default defineFault<Node, Found>({
  id: 'forward-policy-drop',
  is: {
    en: 'the policy of FORWARD drops pod packets, and no rule accepts them before',
    zh: 'FORWARD 默认策略为 DROP，且没有规则放行 Pod 流量',
  },
  area: 'node',
  severity: 'error',
  needs: ['iptables', 'nft', 'process'],
  lookAlikes: ['ip-forward-off', 'host-firewall-rule', 'rp-filter-strict', 'vxlan-vtep-mac-stale'],
  subjects: ({ facts }) => everyNode(facts),
  judge: ({ node }, view) => ruling(node, view),
  texts: text,
  fix: (_, params, view) => {
    const it = deadly(params.node, view);
    if (it === undefined) throw new Error(`no policy on ${params.node} to mend`);
    return fix(params, it);
  },
});

const notRead = (node: string): Gap => ({
  of: 'iptables',
  scope: onNode(node),
  why: 'not collected',
  detail: `the filter table of ${node} was not read`,
  capture: 'iptables-save -c',
});
