import type { Partition } from '#facts/facts';
import type { Rule } from '#facts/rule/rule';
import { memoised } from './memo.ts';

/** The policy rules of a namespace by family, in the order in which they are asked. */
export type RuleTable = {
  readonly 4: readonly Rule[];
  readonly 6: readonly Rule[];
  /** The IPv4 rules are not just those that every namespace is born with (fib4_has_custom_rules). */
  readonly custom: boolean;
  /** Some rule asks for a protocol or ports, so that packets are looked into (fib_rules_require_fldissect). */
  readonly dissects: { readonly 4: boolean; readonly 6: boolean };
  readonly covers: true | readonly string[];
};

export const ruleTable = memoised((partition: Partition<'rule'>): RuleTable => {
  const sorted = partition.facts.toSorted((one, other) => one.priority - other.priority);
  const [four, six] = [sorted.filter(({ family }) => family === 4), sorted.filter(({ family }) => family === 6)];
  return {
    4: four,
    6: six,
    custom: !isUsual(four),
    dissects: { 4: four.some(asksPorts), 6: six.some(asksPorts) },
    covers: partition.covers,
  };
});

const asksPorts = ({ ipProto, sourcePorts, destinationPorts }: Rule): boolean =>
  [ipProto, sourcePorts, destinationPorts].some((asked) => asked !== null && asked !== undefined);

const BORN_WITH = ['local', 'main', 'default'];

/** Whether these are just the three rules that every namespace is born with. */
const isUsual = (rules: readonly Rule[]): boolean =>
  rules.length === BORN_WITH.length && BORN_WITH.every((table, index) => looksUp(rules[index], table));

const looksUp = (rule: Rule | undefined, table: string): boolean =>
  rule?.action.does === 'lookup' && rule.action.table === table && (rule.from ?? null) === null && (rule.mark ?? null) === null;

/** Whether a rule is one of those that every namespace is born with, by what it asks and where it stands. */
export const isBornWith = (rule: Rule): boolean =>
  BORN_WITH.some((table, index) => rule.priority === [0, 32766, 32767][index] && looksUp(rule, table) && (rule.to ?? null) === null);
