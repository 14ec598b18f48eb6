import type { IptablesChain, IptablesRule } from '#facts/iptables/iptables';
import type { FactOf } from '#facts/kinds';

/** A chain of a table by its name. */
export const chainOf = ({ chains }: FactOf<'iptables'>, name: string): IptablesChain | undefined =>
  chains.find((chain) => chain.name === name);

/** The words of an option of those matches that a rule has. */
export const optionOf = ({ matches }: IptablesRule, match: RegExp, option: string): readonly string[] | undefined =>
  matches
    .filter(({ name }) => match.test(name))
    .flatMap(({ options }) => options)
    .find(({ name }) => name.replace(/^-+/, '') === option)?.values;

/** What kube-proxy says of a rule in its comment. */
export const words = (rule: IptablesRule): string | undefined => optionOf(rule, /^comment$/, 'comment')?.join(' ');
/** The port that a rule asks for. */
export const dport = (rule: IptablesRule): number => Number(optionOf(rule, /^(tcp|udp|sctp)$/, 'dport')?.[0]);
