import { type Action, defineAction } from '#change/change';
import { edit } from '#facts/edit';
import type { Facts } from '#facts/facts';
import { rule as ruleKind, type Rule } from '#facts/rule/rule';
import { type BareRule, policyRuleWords } from '#facts/rule/words';
import type { Scope } from '#snapshot/scope';

/** What to do with one rule of the routing policy database. */
export type RuleParams = { readonly verb: 'add' | 'delete'; readonly rule: BareRule };

const act =
  (verb: RuleParams['verb']) =>
  (on: Scope, rule: BareRule): Action<RuleParams> => {
    const { family, priority, not, from, to, iif, oif, mark, tos, ipProto, sourcePorts, destinationPorts, uidRange, action } = rule;
    const { suppressPrefixLength, suppressGroup } = rule;
    const asks = { not, from, to, iif, oif, mark, tos, ipProto, sourcePorts, destinationPorts, uidRange };
    const suppresses = { suppressPrefixLength, ...(suppressGroup === undefined ? {} : { suppressGroup }) };
    return { do: 'rule', on, params: { verb, rule: { family, priority, ...asks, ...suppresses, action } } };
  };

export const addPolicyRule = act('add');
/** Deletes the first rule of its priority that asks for the same and does the same. */
export const deletePolicyRule = act('delete');

/** The words of `ip` for the rule, its priority included. */
export const policyRuleArgv = ({ verb, rule }: RuleParams): readonly string[] => [
  'ip',
  `-${rule.family}`,
  'rule',
  verb === 'delete' ? 'del' : verb,
  'priority',
  String(rule.priority),
  ...policyRuleWords(rule),
];

const keyOf = (one: BareRule): string => ruleKind.key({ ...one, origin: { file: '' } });
const textOf = (one: BareRule): string => `${one.priority}: ${policyRuleWords(one).join(' ')}`;

const rulesOn = (facts: Facts, on: Scope): readonly Rule[] => {
  const rules = facts.seen('rule', on);
  return rules.is === 'seen' ? rules.value : [];
};

const unknown = (on: Scope, detail: string) => ({ is: 'unknown', gap: { of: 'rule', scope: on, why: 'not modelled', detail } }) as const;

export default defineAction<RuleParams>({
  id: 'rule',
  rights: 'CAP_NET_ADMIN',
  command: ({ params }) => policyRuleArgv(params).join(' '),
  diff: (_, { params: { verb, rule } }) => [`${verb === 'delete' ? '-' : '+'} ${textOf(rule)}`],
  preview: (facts, { on, params: { verb, rule } }) => {
    if (rule.action.does === 'unknown') return unknown(on, `what rule ${rule.priority} does is not understood`);
    const is = rulesOn(facts, on).some((one) => keyOf(one) === keyOf(rule));
    if (is !== (verb === 'delete')) return unknown(on, `there is ${is ? 'such a rule already' : 'no such rule'}: ${textOf(rule)}`);
    const by = `ip rule ${verb} priority ${rule.priority}`;
    const change =
      verb === 'delete'
        ? ({ op: 'delete', kind: 'rule', scope: on, key: keyOf(rule) } as const)
        : ({ op: 'put', kind: 'rule', scope: on, fact: rule } as const);
    return { is: 'facts', facts: edit(facts, [change], by) };
  },
});
