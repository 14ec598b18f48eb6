import { deleteRule, insertRule } from '#actions/iptables-rule/preview';
import type { Action } from '#change/change';
import { chanceOf, type EndpointRule, keptIn } from '#dataplane/service-rules';
import type { IptablesRule } from '#facts/iptables/iptables';
import type { Ip } from '#net/ip';
import { onNode } from '#snapshot/scope';

const STATISTIC = / -m statistic --mode random --probability [\d.]+/;
/** What kube-proxy's jumps consist of; a chain with anything else is not touched. */
const USUAL: ReadonlySet<string> = new Set(['comment', 'statistic', 'recent']);

/** A chance as the kernel keeps it (a fraction of 2³¹) and iptables prints it. */
const printed = (chance: number): string => (Math.round(2 ** 31 * chance) / 2 ** 31).toFixed(11);

/** The same jump with another chance; `null`: always. */
export function withChance(rule: IptablesRule, chance: number | null): IptablesRule {
  const words = chance === null ? '' : ` -m statistic --mode random --probability ${printed(chance)}`;
  const matches =
    chance === null
      ? rule.matches.filter(({ name }) => name !== 'statistic')
      : rule.matches.map((match) =>
          match.name === 'statistic' ? { ...match, options: reweighted(match.options, printed(chance)) } : match,
        );
  return { ...rule, text: rule.text.replace(STATISTIC, words), matches };
}

const reweighted = (options: IptablesRule['matches'][number]['options'], value: string) =>
  options.map((option) => (option.name.replace(/^-+/, '') === 'probability' ? { ...option, values: [value] } : option));

/**
 * The steps that take endpoints out of one chain and give the others its share: each changed jump is first inserted with its
 * new chance before the old one, so that at no moment a packet falls through. Jumps for clients that are kept at an endpoint that is
 * left stay as they are. None where nothing would be left.
 */
export function withoutEndpoints(endpoints: ReadonlySet<Ip>, rules: readonly EndpointRule[]): readonly Action[] {
  const kept = rules.filter((rule) => !endpoints.has(rule.endpoint) && keptIn(rule) === null);
  const isUsual = rules.every(({ rule }) => rule.matches.every(({ name }) => USUAL.has(name)));
  if (kept.length === 0 || !isUsual) return [];
  let shift = 0;
  return rules.flatMap((one): Action[] => {
    const { node, table, chain, position, rule, endpoint: own } = one;
    const at = position + shift;
    const remove = (place: number): Action => deleteRule(onNode(node), table, chain.name, place, rule);
    if (endpoints.has(own)) {
      shift--;
      return [remove(at)];
    }
    if (keptIn(one) !== null) return [];
    const left = kept.length - kept.indexOf(one);
    const chance = left === 1 ? null : 1 / left;
    const now = chanceOf(rule);
    if (chance === now || (chance !== null && now !== null && Math.abs(chance - now) < 1e-6)) return [];
    return [insertRule(onNode(node), table, chain.name, at, withChance(rule, chance)), remove(at + 1)];
  });
}
