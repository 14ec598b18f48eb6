import { kubeProxyTables } from '#dataplane/nft-service-rules';
import type { Facts } from '#facts/facts';
import type { NftRule, NftTable } from '#facts/nft/nft';
import type { Family } from '#net/ip';
import type { Origin } from '#snapshot/origin';
import { onNode } from '#snapshot/scope';
import { kubeProxyRuns, kubeProxyUnit } from '../daemon.ts';
import { writesNft } from '../mode.ts';
import { HEADERS } from './settings.ts';

/** The way into kube-proxy's table of nftables mode: whole, or where it is lost; the table may be gone altogether. */
export type NftPortals =
  | { readonly is: 'whole'; readonly evidence: readonly Origin[] }
  | { readonly is: 'lost'; readonly what: 'table' | 'jump' | 'portals'; readonly chain: string; readonly evidence: readonly Origin[] };

const ENTRANCES = ['nat-prerouting', 'nat-output'];
const [SERVICES, MAP] = ['services', 'service-ips'];

/** Looks whether packets still meet the portals of Services in a node's table of nftables mode; nothing where that mode does not serve it. */
export function nftPortals(facts: Facts, node: string, family: Family): NftPortals | undefined {
  const tables = facts.seen('nft', onNode(node));
  if (tables.is === 'gap') return undefined;
  const [table] = kubeProxyTables(facts, node, family);
  if (table !== undefined) return lookedAt(table);
  const isThere = kubeProxyRuns(facts, node) === true || kubeProxyUnit(facts, node) !== null;
  const others = facts.nodes().flatMap((other) => kubeProxyTables(facts, other, family));
  if (!tables.complete || !isThere || others.length === 0 || !writesNft(facts, node)) return undefined;
  return { is: 'lost', what: 'table', chain: `${HEADERS[family]} kube-proxy`, evidence: tables.origins };
}

function lookedAt(table: NftTable): NftPortals {
  const rulesOf = (chain: string): readonly NftRule[] => table.chains.find(({ name }) => name === chain)?.rules ?? [];
  const evidence = (chain: string): readonly Origin[] => [(table.chains.find(({ name }) => name === chain) ?? table).origin];
  const without = ENTRANCES.find((chain) => !rulesOf(chain).some(leadsTo));
  if (without !== undefined) return { is: 'lost', what: 'jump', chain: without, evidence: evidence(without) };
  const map = table.sets.find(({ name }) => name === MAP);
  const isEmpty = map === undefined || (map.problem === null && map.elements.length === 0);
  if (isEmpty || !rulesOf(SERVICES).some(looksUp)) return { is: 'lost', what: 'portals', chain: SERVICES, evidence: evidence(SERVICES) };
  return { is: 'whole', evidence: evidence(SERVICES) };
}

const leadsTo = ({ statements }: NftRule): boolean => statements.some((one) => one.does === 'verdict' && one.verdict.chain === SERVICES);

const looksUp = ({ statements }: NftRule): boolean =>
  statements.some((one) => one.does === 'vmap' && typeof one.data === 'object' && one.data.is === 'named' && one.data.set === MAP);
