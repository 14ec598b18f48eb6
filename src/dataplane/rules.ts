import type { Partition } from '#facts/facts';
import type { Rule } from '#facts/rule/rule';
import { memoised } from './memo.ts';

/** The policy rules of a namespace by family, in the order in which they are asked. */
export type RuleTable = {
  readonly 4: readonly Rule[];
  readonly 6: readonly Rule[];
  readonly custom: boolean;
  readonly covers: true | readonly string[];
};

export const ruleTable = memoised((partition: Partition<'rule'>): RuleTable => {
  const sorted = partition.facts.toSorted((one, other) => one.priority - other.priority);
  const four = sorted.filter(({ family }) => family === 4);
  return { 4: four, 6: sorted.filter(({ family }) => family === 6), custom: !isUsual(four), covers: partition.covers };
});

/** Whether these are just the three rules that every namespace is born with (fib4_has_custom_rules). */
const isUsual = (rules: readonly Rule[]): boolean =>
  rules.length === 3 &&
  ['local', 'main', 'default'].every((table, index) => {
    const rule = rules[index];
    return rule?.action.does === 'lookup' && rule.action.table === table && (rule.from ?? null) === null && (rule.mark ?? null) === null;
  });
