import { seenIptables } from '#actions/seen-table';
import { type Action, defineAction } from '#change/change';
import { edit } from '#facts/edit';
import type { Facts } from '#facts/facts';
import type { BareRule, IptablesRule, IptablesTable } from '#facts/iptables/iptables';
import type { Scope } from '#snapshot/scope';

type Place = { readonly family: 4 | 6; readonly backend: 'legacy' | 'nft' | null; readonly table: IptablesTable['table'] };

/** One rule at one place of a chain, counted from 1 as iptables does. */
export type IptablesRuleParams = Place & {
  readonly verb: 'insert' | 'delete';
  readonly chain: string;
  readonly position: number;
  readonly rule: BareRule;
};

type Table = Pick<IptablesTable, 'family' | 'backend' | 'table'>;

const act =
  (verb: IptablesRuleParams['verb']) =>
  (on: Scope, { family, backend, table }: Table, chain: string, position: number, rule: BareRule): Action<IptablesRuleParams> => {
    const { text, source, destination, in: ingress, out, protocol, fragment, matches, target, problem } = rule;
    const bare = { text, source, destination, in: ingress, out, protocol, fragment, matches, target, problem };
    return { do: 'iptables-rule', on, params: { verb, family, backend: backend ?? null, table, chain, position, rule: bare } };
  };

export const insertRule = act('insert');
/** Deletes the rule at a place, and only if it is this very rule. */
export const deleteRule = act('delete');

/** The words of a rule as iptables-save quotes them. */
export const ruleWords = (text: string): readonly string[] =>
  [...text.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, plain]) => quoted?.replaceAll(/\\(.)/g, '$1') ?? plain ?? '');

const tableOf = (facts: Facts, { on, params }: Action<IptablesRuleParams>): IptablesTable | undefined => seenIptables(facts, on, params);

const gap = (on: Scope, why: 'not collected' | 'not modelled', detail: string) =>
  ({ is: 'unknown', gap: { of: 'iptables', scope: on, why, detail } }) as const;

/** The rules of a chain after the change; nothing when the chain is not as the action expects it. */
function changed(rules: readonly IptablesRule[], { verb, position, rule }: IptablesRuleParams): readonly IptablesRule[] | undefined {
  const at = position - 1;
  if (verb === 'delete') return rules[at]?.text === rule.text ? rules.toSpliced(at, 1) : undefined;
  const by = `iptables -I ${position}`;
  const made: IptablesRule = { ...rule, counters: { packets: 0, bytes: 0 }, origin: { file: '', edited: { by, was: undefined } } };
  return at <= rules.length ? rules.toSpliced(at, 0, made) : undefined;
}

const program = ({ family, backend }: Place): string =>
  `${family === 6 ? 'ip6tables' : 'iptables'}${backend === null ? '' : `-${backend}`}`;

export default defineAction<IptablesRuleParams>({
  id: 'iptables-rule',
  rights: 'root',
  command: ({ params }) => {
    const { verb, table, chain, position, rule } = params;
    const head = `${program(params)} -t ${table}`;
    return verb === 'delete' ? `${head} -D ${chain} ${position}` : `${head} -I ${chain} ${position} ${rule.text.replace(/^-A \S+ /, '')}`;
  },
  diff: (_, { params: { verb, table, position, rule } }) => [`${verb === 'delete' ? '-' : '+'} ${table}: ${rule.text} (at ${position})`],
  preview: (facts, action) => {
    const { on, params } = action;
    const table = tableOf(facts, action);
    const chain = table?.chains.find(({ name }) => name === params.chain);
    if (table === undefined || chain === undefined)
      return gap(on, 'not collected', `the chain ${params.chain} of table ${params.table} was not seen`);
    const rules = changed(chain.rules, params);
    if (rules === undefined) return gap(on, 'not modelled', `rule ${params.position} of ${params.chain} is another one than expected`);
    const chains = table.chains.map((one) => (one === chain ? { ...one, rules } : one));
    const by = `iptables ${params.verb} ${params.chain} ${params.position}`;
    return { is: 'facts', facts: edit(facts, [{ op: 'put', kind: 'iptables', scope: on, fact: { ...table, chains } }], by) };
  },
});
