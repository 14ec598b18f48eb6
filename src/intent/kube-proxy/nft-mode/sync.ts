import { kubeProxyTables } from '#dataplane/nft-service-rules';
import { edit } from '#facts/edit';
import type { Facts } from '#facts/facts';
import type { NftTable } from '#facts/nft/nft';
import type { Family } from '#net/ip';
import { CLUSTER, onNode } from '#snapshot/scope';
import { ORIGIN } from '../written-rule.ts';
import { changedParts, followed } from './follow.ts';
import { HEADERS, settingsOf } from './settings.ts';
import { wantedParts } from './wanted.ts';
import { syncedWhole } from './whole.ts';

const FAMILIES: readonly Family[] = [4, 6];

/** What kube-proxy in nftables mode does when it starts on a node: it writes its tables anew (pkg/proxy/nftables v1.34, syncProxyRules). */
export function nftStart(facts: Facts, node: string): Facts {
  if (!isTold(facts, node)) return facts;
  const tables = familiesOf(facts).flatMap((family) => {
    const settings = settingsOf(facts, node, family);
    const wanted = wantedParts(facts, node, settings);
    const held = kubeProxyTables(facts, node, family)[0] ?? emptyTable(family);
    return wanted === undefined ? [] : [syncedWhole(held, wanted, settings, true)];
  });
  return put(facts, node, tables);
}

/**
 * What one that runs does when objects have changed: only what these Services bring is written again. A sync that fails, for others
 * took away what it would change, is made up for by a full one half a minute later.
 */
export function nftFollow(before: Facts, after: Facts, node: string): Facts {
  if (!isTold(after, node)) return after;
  const tables = familiesOf(after).flatMap((family) => {
    const [held] = kubeProxyTables(after, node, family);
    const settings = settingsOf(before, node, family);
    const [was, is] = [wantedParts(before, node, settings), wantedParts(after, node, settings)];
    if (was === undefined || is === undefined || (held === undefined && changedParts(was, is).length === 0)) return [];
    const partly = held === undefined ? undefined : followed(held, was, is);
    return [partly ?? syncedWhole(held ?? emptyTable(family), is, settings, false)];
  });
  return put(after, node, tables);
}

/** A slice that was not listed is no Service without endpoints: what it would write is not known. */
function isTold(facts: Facts, node: string): boolean {
  const slices = facts.seen('endpoints', CLUSTER);
  return slices.is === 'seen' && slices.complete && facts.seen('nft', onNode(node)).is === 'seen';
}

/** The families that kube-proxies of the cluster write; where no table is left anywhere, both. */
function familiesOf(facts: Facts): readonly Family[] {
  const written = FAMILIES.filter((family) => facts.nodes().some((node) => kubeProxyTables(facts, node, family).length > 0));
  return written.length > 0 ? written : FAMILIES;
}

const emptyTable = (family: Family): NftTable => ({
  family: HEADERS[family],
  name: 'kube-proxy',
  origin: ORIGIN,
  dormant: false,
  owned: false,
  chains: [],
  sets: [],
  objects: [],
  flowtables: [],
});

const put = (facts: Facts, node: string, tables: readonly NftTable[]): Facts =>
  edit(
    facts,
    tables.map((fact) => ({ op: 'put', kind: 'nft', scope: onNode(node), fact })),
    'kube-proxy',
  );
