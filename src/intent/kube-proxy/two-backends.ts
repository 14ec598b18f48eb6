import { type EndpointRule, endpointRulesOf } from '#dataplane/service-rules';
import { memoised } from '#dataplane/memo';
import type { Facts } from '#facts/facts';
import { grouped } from '#facts/grouped';
import type { IptablesTable } from '#facts/iptables/iptables';
import type { Gap } from '#snapshot/gap';
import type { Origin } from '#snapshot/origin';
import { onNode } from '#snapshot/scope';
import { wantedFor } from './wanted-endpoints.ts';

/** Whose rules lead packets to Services on a node: one machinery's, both alike, or both and one of them to what is no endpoint any more. */
export type TwoBackends =
  | { readonly is: 'one' | 'alike'; readonly evidence: readonly Origin[] }
  | {
      readonly is: 'leftover';
      readonly old: 'legacy' | 'nft';
      readonly own: 'legacy' | 'nft';
      /** The rules of the old machinery that lead to no endpoint. */
      readonly stale: readonly EndpointRule[];
      /** The tables of the old machinery. */
      readonly tables: readonly IptablesTable[];
    }
  | { readonly is: 'unknown'; readonly gap: Gap };

const BACKENDS = ['legacy', 'nft'] as const;
const PORTALS = 'KUBE-SERVICES';

/** Looks whether legacy iptables and nftables' iptables both serve Services on a node (IPv4), and which of them is left over. */
export function twoBackends(facts: Facts, node: string): TwoBackends {
  const tables = facts.seen('iptables', onNode(node));
  if (tables.is === 'gap') return { is: 'unknown', gap: tables.gap };
  const four = tables.value.filter(({ family }) => family === 4);
  const nat = four.filter(({ table }) => table === 'nat');
  const serving = BACKENDS.filter((backend) => nat.some((one) => one.backend === backend && isServing(one)));
  const evidence = (nat.length > 0 ? nat.map(({ origin }) => origin) : tables.origins).slice(0, 2);
  if (serving.length < 2) return { is: 'one', evidence };
  const own = rulesOf(facts, node);
  const stale = BACKENDS.map((backend) => own.filter((one) => one.table.backend === backend && isStale(facts, one)));
  const [ofLegacy = [], ofNft = []] = stale;
  if (ofLegacy.length > 0 === ofNft.length > 0) {
    const untold = own.some((one) => wantedFor(facts, one, byNode(facts)) === undefined);
    return untold && ofLegacy.length === 0 ? { is: 'unknown', gap: notTold(node) } : { is: 'alike', evidence };
  }
  const [old, current] = ofLegacy.length > 0 ? (['legacy', 'nft'] as const) : (['nft', 'legacy'] as const);
  return {
    is: 'leftover',
    old,
    own: current,
    stale: ofLegacy.length > 0 ? ofLegacy : ofNft,
    tables: four.filter(({ backend }) => backend === old),
  };
}

/** Packets come to its portals, and these lead somewhere. */
export const isServing = ({ chains }: IptablesTable): boolean =>
  ['PREROUTING', 'OUTPUT'].some((name) =>
    chains.find((chain) => chain.name === name)?.rules.some(({ target }) => target?.name === PORTALS),
  ) && chains.some(({ name, rules }) => name === PORTALS && rules.some(({ target }) => /^KUBE-(SVC|SVL|EXT)-/.test(target?.name ?? '')));

const byNode = memoised((facts: Facts) => grouped(endpointRulesOf(facts, 4), ({ node }) => node));
const rulesOf = (facts: Facts, node: string): readonly EndpointRule[] => byNode(facts).get(node) ?? [];

const isStale = (facts: Facts, rule: EndpointRule): boolean => wantedFor(facts, rule, byNode(facts))?.has(rule.endpoint) === false;

const notTold = (node: string): Gap => ({
  of: 'endpoints',
  scope: { node: '', netns: '' },
  why: 'not collected',
  detail: `legacy iptables and nftables both lead to Services on ${node}, and neither the API's objects nor another node tell which is right`,
  capture: 'kubectl get services,endpointslices -A -o json',
});
