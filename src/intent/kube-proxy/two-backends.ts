import { type EndpointRule, endpointRules } from '#dataplane/service-rules';
import { memoised } from '#dataplane/memo';
import type { Facts } from '#facts/facts';
import { grouped } from '#facts/grouped';
import type { IptablesTable } from '#facts/iptables/iptables';
import type { Family } from '#net/ip';
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
      /** The tables of the old machinery, of families that the other one serves too. */
      readonly tables: readonly IptablesTable[];
    }
  | { readonly is: 'unknown'; readonly gap: Gap };

const BACKENDS = ['legacy', 'nft'] as const;
const FAMILIES: readonly Family[] = [4, 6];
const PORTALS = 'KUBE-SERVICES';

/** Looks whether legacy iptables and nftables' iptables both serve Services on a node, in one family or in both, and which of them is left over. */
export function twoBackends(facts: Facts, node: string): TwoBackends {
  const tables = facts.seen('iptables', onNode(node));
  if (tables.is === 'gap') return { is: 'unknown', gap: tables.gap };
  const nat = tables.value.filter(({ table }) => table === 'nat');
  const isServed = (family: Family, backend: (typeof BACKENDS)[number]): boolean =>
    nat.some((one) => one.family === family && one.backend === backend && isServing(one));
  const families = FAMILIES.filter((family) => BACKENDS.every((backend) => isServed(family, backend)));
  const both = tables.value.filter(({ family }) => families.includes(family));
  const looked = families.length > 0 ? both.filter(({ table }) => table === 'nat') : nat;
  const evidence = (looked.length > 0 ? looked.map(({ origin }) => origin) : tables.origins).slice(0, 2);
  if (families.length === 0) return { is: 'one', evidence };
  const own = rulesOf(facts, node).filter(({ table }) => families.includes(table.family));
  const [legacy, nft] = [ledBy('legacy', own, facts), ledBy('nft', own, facts)];
  const old = oldOf(legacy, nft);
  if (old === undefined) {
    const untold = own.some((one) => wantedFor(facts, one, byNode(facts)) === undefined);
    return untold && legacy.stale.length === 0 ? { is: 'unknown', gap: notTold(node) } : { is: 'alike', evidence };
  }
  return {
    is: 'leftover',
    old,
    own: old === 'legacy' ? 'nft' : 'legacy',
    stale: old === 'legacy' ? legacy.stale : nft.stale,
    tables: both.filter(({ backend }) => backend === old),
  };
}

/** The rules of one machinery that lead to endpoints, and to what is none any more. */
type Led = { readonly right: readonly EndpointRule[]; readonly stale: readonly EndpointRule[] };

function ledBy(backend: (typeof BACKENDS)[number], rules: readonly EndpointRule[], facts: Facts): Led {
  const own = rules.filter(({ table }) => table.backend === backend);
  return { right: own.filter((one) => !isStale(facts, one)), stale: own.filter((one) => isStale(facts, one)) };
}

/** The machinery that alone leads astray; where the other one does as well, for its kube-proxy stands still, the one that leads nowhere else. */
function oldOf(legacy: Led, nft: Led): 'legacy' | 'nft' | undefined {
  const isOld = (one: Led, other: Led): boolean =>
    one.stale.length > 0 && (other.stale.length === 0 || (one.right.length === 0 && other.right.length > 0));
  if (isOld(legacy, nft)) return 'legacy';
  return isOld(nft, legacy) ? 'nft' : undefined;
}

/** Packets come to its portals, and these lead somewhere. */
export const isServing = ({ chains }: IptablesTable): boolean =>
  ['PREROUTING', 'OUTPUT'].some((name) =>
    chains.find((chain) => chain.name === name)?.rules.some(({ target }) => target?.name === PORTALS),
  ) && chains.some(({ name, rules }) => name === PORTALS && rules.some(({ target }) => /^KUBE-(SVC|SVL|EXT)-/.test(target?.name ?? '')));

const byNode = memoised((facts: Facts) => grouped(endpointRules(facts), ({ node }) => node));
const rulesOf = (facts: Facts, node: string): readonly EndpointRule[] => byNode(facts).get(node) ?? [];

const isStale = (facts: Facts, rule: EndpointRule): boolean => wantedFor(facts, rule, byNode(facts))?.has(rule.endpoint) === false;

const notTold = (node: string): Gap => ({
  of: 'endpoints',
  scope: { node: '', netns: '' },
  why: 'not collected',
  detail: `legacy iptables and nftables both lead to Services on ${node}, and neither the API's objects nor another node tell which is right`,
  capture: 'kubectl get services,endpointslices -A -o json',
});
