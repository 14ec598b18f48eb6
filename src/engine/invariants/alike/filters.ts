import type { Facts } from '#facts/facts';
import type { IptablesRule } from '#facts/iptables/iptables';
import { baseOf, type Cidr, cidrFamily, lengthOf } from '#net/cidr';
import { bitsOf } from '#net/ip';
import type { Scope } from '#snapshot/scope';
import { type Saying, sayingOf } from './saying.ts';

/** Matches that tell machines apart by nothing, or by addresses that stand in the rule. */
const PLAIN = new Set(
  'addrtype comment connmark conntrack dscp ecn hl icmp icmp6 length limit mark multiport nfacct owner physdev pkttype rpfilter sctp state statistic tcp tcpmss tos ttl udp'.split(
    ' ',
  ),
);
/** The table in which kube-proxy asks for Services only. */
const OF_SERVICES = 'kube-proxy';
/** Chains that kube-proxy names after a Service or an endpoint: what is in them is alike for all. */
const OF_ONE = /^(KUBE-(?:SVC|SVL|SEP|FW|XLB|EXT))-\w+$/;

/** What a namespace's rules say of the given addresses; nothing when they may tell machines apart by what is not compared. */
export function filtersOf(facts: Facts, scope: Scope, addresses: ReadonlySet<string>): readonly Saying[] | undefined {
  const [tables, native] = [facts.seen('iptables', scope), facts.seen('nft', scope)];
  if (native.is === 'seen' && native.value.some(({ name }) => name !== OF_SERVICES)) return undefined;
  const said: Saying[] = [];
  for (const { table, chains } of tables.is === 'gap' ? [] : tables.value) {
    for (const { name, rules } of chains) {
      for (const rule of rules) {
        if (!isPlain(rule)) return undefined;
        if (isOf(rule.source?.value, addresses) || isOf(rule.destination?.value, addresses)) said.push(ruleSaying(table, name, rule));
      }
    }
  }
  return said;
}

const isPlain = ({ problem, matches }: IptablesRule): boolean => problem === null && matches.every(({ name }) => PLAIN.has(name));

/** A single address is of a machine, or of a Service; in a wider prefix there may be many. */
function isOf(prefix: Cidr | undefined, addresses: ReadonlySet<string>): boolean {
  if (prefix === undefined) return false;
  return lengthOf(prefix) < bitsOf(cidrFamily(prefix)) || addresses.has(baseOf(prefix));
}

const generic = (chain: string): string => OF_ONE.exec(chain)?.[1] ?? chain;

function ruleSaying(
  table: string,
  chain: string,
  { source, destination, protocol, fragment, matches, target, ...rule }: IptablesRule,
): Saying {
  const asked = matches.filter(({ name }) => name !== 'comment');
  const does = target === null ? null : { ...target, name: generic(target.name) };
  return sayingOf({ table, chain: generic(chain), in: rule.in, out: rule.out, source, destination, protocol, fragment, asked, does });
}
