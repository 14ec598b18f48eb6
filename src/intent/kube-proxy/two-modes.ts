import { memoised } from '#dataplane/memo';
import { kubeProxyTables } from '#dataplane/nft-service-rules';
import { endpointRules } from '#dataplane/service-rules';
import type { Conntrack } from '#facts/conntrack/conntrack';
import type { Facts } from '#facts/facts';
import { grouped } from '#facts/grouped';
import type { IptablesTable } from '#facts/iptables/iptables';
import type { NftTable } from '#facts/nft/nft';
import { type Family, familyOf } from '#net/ip';
import type { Gap } from '#snapshot/gap';
import type { Origin } from '#snapshot/origin';
import { onNode } from '#snapshot/scope';
import type { Mode } from './mode.ts';
import { nftEndpoints } from './nft-endpoints.ts';
import { isServing } from './two-backends.ts';
import { isOfNoService, type Led, wantedFor } from './wanted-endpoints.ts';

/** An endpoint with the rule that leads there, and what that rule's counter shows. */
export type LedBy = Led & { readonly origin: Origin };

/** Whose rules lead packets to Services on a node: one mode's of kube-proxy, both alike, or both and one of them to what is no endpoint any more. */
export type TwoModes =
  | { readonly is: 'one' | 'alike'; readonly evidence: readonly Origin[] }
  | {
      readonly is: 'leftover';
      readonly old: Mode;
      readonly own: Mode;
      /** The rules of the old mode that lead to no endpoint. */
      readonly stale: readonly LedBy[];
      /** A connection that was rewritten to go where only the old rules lead, and nothing has come back; `null`: none was seen. */
      readonly astray: Conntrack | null;
      /** The tables of both modes, of families that both serve. */
      readonly tables: { readonly iptables: readonly IptablesTable[]; readonly nft: readonly NftTable[] };
    }
  | { readonly is: 'unknown'; readonly gap: Gap };

const FAMILIES: readonly Family[] = [4, 6];

/** Looks whether the iptables and the nftables mode of kube-proxy both serve Services on a node, in one family or in both, and which of them is left over. */
export function twoModes(facts: Facts, node: string): TwoModes {
  const [tables, nft] = [facts.seen('iptables', onNode(node)), facts.seen('nft', onNode(node))];
  if (nft.is === 'gap') return { is: 'unknown', gap: nft.gap };
  const byNft = FAMILIES.filter((family) => ofFamilies(ofNft(facts).get(node), [family]).length > 0);
  if (byNft.length === 0) return { is: 'one', evidence: nft.origins };
  if (tables.is === 'gap') return { is: 'unknown', gap: tables.gap };
  const serving = tables.value.filter((one) => one.table === 'nat' && isServing(one));
  const families = byNft.filter((family) => serving.some((one) => one.family === family));
  const own = families.flatMap((family) => kubeProxyTables(facts, node, family));
  if (families.length === 0) return { is: 'one', evidence: kubeProxyTables(facts, node).map(({ origin }) => origin) };
  return compared(facts, node, families, { iptables: tables.value.filter(({ family }) => families.includes(family)), nft: own });
}

type Tables = Extract<TwoModes, { is: 'leftover' }>['tables'];

function compared(facts: Facts, node: string, families: readonly Family[], tables: Tables): TwoModes {
  const [byIptables, byNft] = [ofFamilies(ofIptables(facts).get(node), families), ofFamilies(ofNft(facts).get(node), families)];
  const isStale = (one: LedBy): boolean => wantedFor(facts, one, ofOneMode(facts))?.has(one.endpoint) === false;
  const [staleIptables, staleNft] = [byIptables.filter(isStale), byNft.filter(isStale)];
  if (staleIptables.length > 0 && staleNft.length > 0) return { is: 'unknown', gap: notTold(node, 'both lead to what is no endpoint') };
  const astray = ledAstray(facts, node, [...staleIptables, ...staleNft]);
  if (staleNft.length > 0) return { is: 'leftover', old: 'nftables', own: 'iptables', stale: staleNft, astray, tables };
  if (staleIptables.length > 0)
    // the table of nftables mode is mostly the younger one, and then asked first
    return astray === null
      ? { is: 'unknown', gap: notTold(node, 'which of them is asked first is not told') }
      : { is: 'leftover', old: 'iptables', own: 'nftables', stale: staleIptables, astray, tables };
  const isUntold = (one: LedBy): boolean => wantedFor(facts, one, ofOneMode(facts)) === undefined && !isOfNoService(facts, one);
  return [...byIptables, ...byNft].some(isUntold)
    ? { is: 'unknown', gap: notTold(node, "neither the API's objects nor another node tell which is right") }
    : { is: 'alike', evidence: [...tables.nft, ...tables.iptables.filter(isServing)].map(({ origin }) => origin) };
}

const ofFamilies = (all: readonly LedBy[] = [], families: readonly Family[]): readonly LedBy[] =>
  all.filter(({ endpoint }) => families.includes(familyOf(endpoint)));

function ledAstray(facts: Facts, node: string, stale: readonly LedBy[]): Conntrack | null {
  const entries = facts.seen('conntrack', onNode(node));
  const there = new Set(stale.map(({ endpoint }) => endpoint));
  const isAstray = ({ original, reply, unreplied }: Conntrack): boolean =>
    unreplied && there.has(reply.source) && original.destination !== reply.source;
  return entries.is === 'gap' ? null : (entries.value.find(isAstray) ?? null);
}

type ByNode = ReadonlyMap<string, readonly LedBy[]>;

const ofNft: (facts: Facts) => ByNode = memoised((facts: Facts): ByNode => grouped(nftEndpoints(facts), ({ node }) => node));

const ofIptables: (facts: Facts) => ByNode = memoised(
  (facts: Facts): ByNode =>
    grouped(
      endpointRules(facts).map(({ node, service, endpoint, dnat }) => ({ node, service, endpoint, origin: dnat.origin })),
      ({ node }) => node,
    ),
);

/** The nodes that know: those whose rules are of one mode only. */
const ofOneMode: (facts: Facts) => ByNode = memoised((facts: Facts): ByNode => {
  const [iptables, nft] = [ofIptables(facts), ofNft(facts)];
  return new Map([...[...iptables].filter(([node]) => !nft.has(node)), ...[...nft].filter(([node]) => !iptables.has(node))]);
});

const notTold = (node: string, why: string): Gap => ({
  of: 'endpoints',
  scope: { node: '', netns: '' },
  why: 'not collected',
  detail: `kube-proxy's rules of iptables and of nftables mode both lead to Services on ${node}, and ${why}`,
  capture: 'kubectl get services,endpointslices -A -o json',
});
