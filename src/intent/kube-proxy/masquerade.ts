import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import type { IptablesChain, IptablesRule } from '#facts/iptables/iptables';
import type { Family } from '#net/ip';
import type { Gap } from '#snapshot/gap';
import type { Origin } from '#snapshot/origin';
import { onNode } from '#snapshot/scope';

type Table = FactOf<'iptables'>;
type Looked = Exclude<Masquerade, { is: 'unknown' }>;

/** How a node gives its own address of one family to what kube-proxy marks for it: whole, or what of it is missing; `none` where kube-proxy has no chains. */
export type Masquerade =
  | { readonly is: 'whole' | 'none'; readonly evidence: readonly Origin[] }
  | { readonly is: 'missing'; readonly what: Missing; readonly chain: string; readonly evidence: readonly Origin[] }
  | { readonly is: 'unknown'; readonly gap: Gap };

/** The jump into KUBE-POSTROUTING, the rule there that masquerades, the rule that marks; or the mark is another one than is asked for. */
export type Missing = 'jump' | 'masquerade' | 'mark' | 'other mark';

const [MARKING, MASQUERADING] = ['KUBE-MARK-MASQ', 'KUBE-POSTROUTING'];

const chainOf = ({ chains }: Table, name: string): IptablesChain | undefined => chains.find((chain) => chain.name === name);

const leadsTo = (chain: IptablesChain | undefined, target: string): IptablesRule | undefined =>
  chain?.rules.find((rule) => rule.target?.name === target);

/** Looks whether what kube-proxy marks leaves with the node's address (iptables mode, pkg/proxy/iptables v1.34 syncProxyRules). */
export function masqueradeOf(facts: Facts, node: string, wanted: Family): Masquerade {
  const tables = facts.seen('iptables', onNode(node));
  if (tables.is === 'gap') return { is: 'unknown', gap: tables.gap };
  const nat = tables.value.filter(({ family, table }) => family === wanted && table === 'nat');
  const [table, ...more] = nat.filter((one) => [MARKING, MASQUERADING, 'KUBE-SERVICES'].some((name) => chainOf(one, name) !== undefined));
  if (table === undefined) return { is: 'none', evidence: nat.map(({ origin }) => origin) };
  // of two backends the one that masquerades is enough
  const first = lookedAt(table);
  return [first, ...more.map(lookedAt)].find(({ is }) => is === 'whole') ?? first;
}

function lookedAt(table: Table): Looked {
  const [postrouting, own, marking] = ['POSTROUTING', MASQUERADING, MARKING].map((name) => chainOf(table, name ?? ''));
  const missing = (what: Missing, chain: IptablesChain | undefined, name: string): Looked => ({
    is: 'missing',
    what,
    chain: name,
    evidence: [(chain ?? table).origin],
  });
  if (leadsTo(postrouting, MASQUERADING) === undefined) return missing('jump', postrouting, 'POSTROUTING');
  const masquerade = leadsTo(own, 'MASQUERADE') ?? leadsTo(own, 'SNAT');
  if (own === undefined || masquerade === undefined) return missing('masquerade', own, MASQUERADING);
  const mark = leadsTo(marking, 'MARK');
  if (mark === undefined) return missing('mark', marking, MARKING);
  const asked = askedMark(own);
  const set = mark.target?.options[0]?.values[0];
  if (asked !== undefined && set !== undefined && bits(asked) !== bits(set))
    return { ...missing('other mark', own, MASQUERADING), evidence: [own.origin, mark.origin] };
  return { is: 'whole', evidence: [masquerade.origin, mark.origin] };
}

/** The mark without which KUBE-POSTROUTING returns, as old and new kube-proxies ask for it. */
const askedMark = ({ rules }: IptablesChain): string | undefined =>
  rules.flatMap(({ matches }) => matches).find(({ name }) => name === 'mark')?.options[0]?.values[0];

/** `0x4000/0x4000` and `0x4000` set or ask for the same bit. */
const bits = (mark: string): number => Number(mark.split('/')[0]);
