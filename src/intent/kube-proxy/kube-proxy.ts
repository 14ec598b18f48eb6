import type { Action } from '#change/change';
import { memoised } from '#dataplane/memo';
import { kubeProxyTables, nftEndpointRules } from '#dataplane/nft-service-rules';
import type { Facts } from '#facts/facts';
import { CLUSTER, onNode } from '#snapshot/scope';
import { defineComponent } from '../component.ts';
import { kubeProxyRuns } from './daemon.ts';
import { fullSync } from './full-sync.ts';
import { writesNft } from './mode.ts';
import { isAffinity } from './nft-mode/names.ts';
import { nftFollow } from './nft-mode/sync.ts';

const startsKubeProxy = ({ do: id, params }: Action): boolean =>
  id === 'unit-restart' &&
  typeof params === 'object' &&
  params !== null &&
  'unit' in params &&
  /^kube-proxy(\.service)?$/.test(String(params.unit));

/** Whether the objects that rules are written from are others now. */
const isChanged = (before: Facts, after: Facts): boolean =>
  (['service', 'endpoints'] as const).some((kind) => before.partition(kind, CLUSTER) !== after.partition(kind, CLUSTER));

/** All that a node's kube-proxy wrote, as texts. */
function rulesOf(facts: Facts, node: string): ReadonlySet<string> {
  const tables = facts.seen('iptables', onNode(node));
  const chains = (tables.is === 'gap' ? [] : tables.value).flatMap(({ table, backend, family, chains: own }) =>
    own.flatMap(({ rules }) => rules.map(({ text }) => `${family} ${backend} ${table} ${text}`)),
  );
  return new Set([...chains, ...nftTexts(facts, node)]);
}

const nftTexts = (facts: Facts, node: string): readonly string[] =>
  kubeProxyTables(facts, node).flatMap(({ family, chains, sets }) => [
    ...chains.flatMap(({ name, rules }) => rules.map(({ statements }, at) => `${family} ${name} ${at} ${JSON.stringify(statements)}`)),
    ...sets
      .filter(({ name }) => !isAffinity(name))
      .flatMap(({ name, elements }) => elements.map((one) => `${family} ${name} ${JSON.stringify(one)}`)),
  ]);

/** All endpoints that a node's rules lead to, by either mode. */
function leadsOf(facts: Facts, node: string): ReadonlySet<string> {
  const tables = facts.seen('iptables', onNode(node));
  const rules = (tables.is === 'gap' ? [] : tables.value).flatMap(({ chains }) => chains.flatMap((chain) => chain.rules));
  const chained = rules.flatMap(({ text }) => / --to-destination (\S+)/.exec(text)?.[1] ?? []);
  const nft = nftEndpointRules(facts).flatMap((one) => (one.node === node ? [String(one.endpoint)] : []));
  return new Set([...chained, ...nft]);
}

/** What a node's rules refuse because nobody stands behind it, by either mode. */
function refusalsOf(facts: Facts, node: string): readonly string[] {
  const tables = facts.seen('iptables', onNode(node));
  const rules = (tables.is === 'gap' ? [] : tables.value).flatMap(({ table, backend, family, chains }) =>
    chains.flatMap((chain) => chain.rules.flatMap(({ text }) => (REFUSED.test(text) ? `${family} ${backend} ${table} ${text}` : []))),
  );
  const sets = kubeProxyTables(facts, node).flatMap((table) => table.sets.map((set) => ({ family: table.family, ...set })));
  const elements = sets
    .filter(({ name }) => name.startsWith('no-endpoint-'))
    .flatMap(({ family, name, elements }) => elements.map((one) => `${family} ${name} ${JSON.stringify(one)}`));
  return [...rules, ...elements];
}

const REFUSED = / has no (local )?endpoints"/;

/**
 * Nodes whose rules lead where no object leads any more, or refuse what has endpoints again: kube-proxy there has not heard of the last
 * change, be it stopped or its watch lost, and would have taken them out if it had (pkg/proxy/iptables v1.34, syncProxyRules deletes
 * chains that are not active).
 */
const behindOn = memoised((facts: Facts): ReadonlySet<string> => {
  const isBehind = (node: string): boolean => {
    const synced = fullSync(facts, node);
    const [leads, refusals] = [leadsOf(synced, node), new Set(refusalsOf(synced, node))];
    return (
      [...leadsOf(facts, node)].some((endpoint) => !leads.has(endpoint)) ||
      refusalsOf(facts, node).some((refusal) => !refusals.has(refusal))
    );
  };
  return new Set(facts.nodes().filter(isBehind));
});

/** Whether kube-proxy of a node hears of a change: one that runs, unless it missed the last; where its processes were not read, rules that are all that the objects ask for tell that it did not. */
function follows(before: Facts, node: string): boolean {
  const runs = kubeProxyRuns(before, node);
  if (runs !== null) return runs && !behindOn(before).has(node);
  const [held, wanted] = [rulesOf(before, node), rulesOf(fullSync(before, node), node)];
  return held.size === wanted.size && [...held].every((rule) => wanted.has(rule));
}

/** kube-proxy v1.34: it follows changed objects on every node, and a start writes all of its rules anew; what others change in them it does not see. */
export default defineComponent({
  id: 'kube-proxy',
  reacts: (before, after, change) => {
    if (startsKubeProxy(change)) return fullSync(after, change.on.node);
    if (!isChanged(before, after)) return after;
    const following = after.nodes().filter((node) => follows(before, node));
    return following.reduce((facts, node) => (writesNft(before, node) ? nftFollow(before, facts, node) : fullSync(facts, node)), after);
  },
});
