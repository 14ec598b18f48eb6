import type { Edit } from '#facts/edit';
import type { Facts } from '#facts/facts';
import type { IptablesRule } from '#facts/iptables/iptables';
import { baseOf, type Cidr, contains } from '#net/cidr';
import { onNode } from '#snapshot/scope';

type Part = IptablesRule['source'];

/** flanneld writes its masquerading rules anew for the subnet that it has now; the rest of each rule stays. */
export function masqueradeFor(facts: Facts, node: string, network: Cidr, subnet: Cidr): readonly Edit[] {
  const scope = onNode(node);
  const read = facts.seen('iptables', scope);
  const former = (part: Part): part is NonNullable<Part> =>
    part !== null && part.value !== network && part.value !== subnet && contains(network, baseOf(part.value));
  const moved = (part: Part): Part => (former(part) ? { ...part, value: subnet } : part);
  const renewed = (rule: IptablesRule): IptablesRule => ({
    ...rule,
    source: moved(rule.source),
    destination: moved(rule.destination),
    text: [rule.source, rule.destination].filter(former).reduce((text, { value }) => text.replaceAll(value, subnet), rule.text),
  });
  const tables = read.is === 'seen' ? read.value.filter(({ table, family }) => table === 'nat' && family === 4) : [];
  return tables.flatMap((table): Edit[] => {
    const old = table.chains.find(({ name }) => name === 'FLANNEL-POSTRTG');
    if (old === undefined || !old.rules.some(({ source, destination }) => former(source) || former(destination))) return [];
    const chains = table.chains.map((chain) => (chain === old ? { ...chain, rules: chain.rules.map(renewed) } : chain));
    return [{ op: 'put', kind: 'iptables', scope, fact: { ...table, chains } }];
  });
}
