import type { Facts } from '#facts/facts';
import type { IptablesChain, IptablesRule, IptablesTable, MatchExtension } from '#facts/iptables/iptables';
import { type Family, type Ip, parseIp } from '#net/ip';
import { onNode } from '#snapshot/scope';
import { memoised } from './memo.ts';

/** One endpoint behind one Service port as a node's kube-proxy rules of iptables mode have it: the jump that picks it, and the DNAT that leads there. */
export type EndpointRule = {
  readonly node: string;
  /** `kube-system/kube-dns:dns`, by kube-proxy's own comment. */
  readonly service: string;
  readonly table: IptablesTable;
  /** The KUBE-SVC- chain, and the jump's place in it, counted from 1. */
  readonly chain: IptablesChain;
  readonly position: number;
  readonly rule: IptablesRule;
  readonly dnat: IptablesRule;
  readonly endpoint: Ip;
};

/** Every endpoint in the kube-proxy rules of the captured nodes, of iptables and of ip6tables. */
export const endpointRules: (facts: Facts) => readonly EndpointRule[] = memoised((facts: Facts) =>
  facts.nodes().flatMap((node) => {
    const tables = facts.seen('iptables', onNode(node));
    if (tables.is === 'gap') return [];
    return tables.value.filter(({ table }) => table === 'nat').flatMap((table) => rulesOf(node, table));
  }),
);

/** Those of one family. */
export const endpointRulesOf = (facts: Facts, family: Family): readonly EndpointRule[] =>
  endpointRules(facts).filter(({ table }) => table.family === family);

function rulesOf(node: string, table: IptablesTable): readonly EndpointRule[] {
  const chains = new Map(table.chains.map((chain) => [chain.name, chain] as const));
  return table.chains
    .filter(({ name }) => name.startsWith('KUBE-SVC-'))
    .flatMap((chain) =>
      chain.rules.flatMap((rule, at): EndpointRule[] => {
        const dnat = rule.target?.name.startsWith('KUBE-SEP-') === true ? dnatOf(chains.get(rule.target.name)) : undefined;
        const endpoint = dnat === undefined ? undefined : endpointOf(dnat);
        if (dnat === undefined || endpoint === undefined) return [];
        return [{ node, service: serviceOf(dnat, rule), table, chain, position: at + 1, rule, dnat, endpoint }];
      }),
    );
}

const dnatOf = (chain: IptablesChain | undefined): IptablesRule | undefined => chain?.rules.find(({ target }) => target?.name === 'DNAT');

function endpointOf({ target }: IptablesRule): Ip | undefined {
  const to = optionOf(target?.options ?? [], 'to-destination');
  return to === undefined ? undefined : parseIp(to.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1'));
}

/** `ns/name:port`, with which kube-proxy begins the comments of both rules. */
function serviceOf(...rules: readonly IptablesRule[]): string {
  for (const { matches } of rules) {
    const comment = optionOf(matches.find(({ name }) => name === 'comment')?.options ?? [], 'comment');
    if (comment !== undefined) return comment.split(' ')[0] ?? comment;
  }
  return '';
}

const optionOf = (options: MatchExtension['options'], wanted: string): string | undefined =>
  options.find(({ name }) => name.replace(/^-+/, '') === wanted)?.values[0];

/** The chance of a rule that picks at random; nothing for one that always matches. */
export function chanceOf({ matches }: IptablesRule): number | null {
  const statistic = matches.find(({ name }) => name === 'statistic');
  return statistic === undefined ? null : Number(optionOf(statistic.options, 'probability'));
}

/** The list whose clients a rule leads back to its endpoint, and for how long; `null`: it picks at random. */
export function keptIn({ rule }: Pick<EndpointRule, 'rule'>): { readonly list: string; readonly seconds: number } | null {
  const recent = rule.matches.find(({ name }) => name === 'recent');
  if (recent === undefined) return null;
  return { list: optionOf(recent.options, 'name') ?? '', seconds: Number(optionOf(recent.options, 'seconds') ?? 0) };
}
