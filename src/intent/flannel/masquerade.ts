import type { Facts } from '#facts/facts';
import { type IptablesChain, iptablesPart, type IptablesRule, type IptablesTable } from '#facts/iptables/iptables';
import type { Cidr } from '#net/cidr';
import { overlaps } from '#net/cidr';
import { onNode } from '#snapshot/scope';
import type { Seen } from '#snapshot/seen';

/** A rule of a node's nat table with its place. */
export type NatRule = {
  readonly table: IptablesTable;
  readonly chain: IptablesChain;
  readonly rule: IptablesRule;
  readonly position: number;
};

/** Who masquerades the pods of a node. */
export type Masquerading = {
  readonly flannel: NatRule | undefined;
  readonly docker: NatRule | undefined;
  /** Somebody's rule that takes only what leaves the pod network. */
  readonly leaving: NatRule | undefined;
  readonly tables: readonly IptablesTable[];
};

const masquerades = ({ target }: IptablesRule): boolean => target?.name === 'MASQUERADE' || target?.name === 'SNAT';

/** The rules by which flanneld (FLANNEL-POSTRTG, reached from POSTROUTING) and Docker (`-s SUBNET ! -o docker0`) masquerade a subnet. */
export function masquerading(facts: Facts, node: string, subnet: Cidr): Seen<Masquerading> {
  const read = facts.seen('iptables', onNode(node));
  if (read.is === 'gap') return read;
  const rules = read.value.filter(({ table, family }) => table === 'nat' && family === 4).flatMap(rulesOf);
  const jumps = rules.some(({ chain, rule }) => chain.name === 'POSTROUTING' && rule.target?.name === 'FLANNEL-POSTRTG');
  const flannel = jumps ? rules.find(({ chain, rule }) => chain.name === 'FLANNEL-POSTRTG' && masquerades(rule)) : undefined;
  const own = rules.filter(({ chain, rule }) => chain.name === 'POSTROUTING' && masquerades(rule) && isFrom(rule, subnet));
  const docker = own.find(({ rule }) => rule.destination === null && (rule.out === null || rule.out.not));
  const leaving = own.find(({ rule }) => rule.destination?.not === true);
  return { ...read, complete: natIsWhole(facts, node, read.value), value: { flannel, docker, leaving, tables: read.value } };
}

/** Whether every IPv4 nat table that the node is seen to have was read whole, so that a rule which is in none of them is nowhere. */
function natIsWhole(facts: Facts, node: string, tables: readonly IptablesTable[]): boolean {
  const nats = tables.filter(({ table, family }) => table === 'nat' && family === 4);
  const whole = nats.map(({ backend }) => facts.seen('iptables', onNode(node), iptablesPart(4, backend, 'nat')));
  return nats.length > 0 && whole.every((one) => one.is === 'seen' && one.complete);
}

const isFrom = ({ source }: IptablesRule, subnet: Cidr): boolean => source !== null && !source.not && overlaps(source.value, subnet);

const rulesOf = (table: IptablesTable): readonly NatRule[] =>
  table.chains.flatMap((chain) => chain.rules.map((rule, index) => ({ table, chain, rule, position: index + 1 })));
