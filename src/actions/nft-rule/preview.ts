import { seenNft } from '#actions/seen-table';
import { type Action, defineAction } from '#change/change';
import { edit } from '#facts/edit';
import type { Facts } from '#facts/facts';
import type { NftRule, NftTable } from '#facts/nft/nft';
import type { Scope } from '#snapshot/scope';

/** A rule as it is meant: its words, and what they do. */
export type BareNftRule = Pick<NftRule, 'text' | 'statements' | 'comment'>;

/** One rule at one place of a chain of a native table, counted from 1. */
export type NftRuleParams = Pick<NftTable, 'family'> & {
  readonly verb: 'insert' | 'delete';
  readonly table: string;
  readonly chain: string;
  readonly position: number;
  /** By which the kernel knows the rule; `null` where the capture did not tell. */
  readonly handle: number | null;
  /** Without text: a form that does not tell it, by which nothing is deleted. */
  readonly rule: Omit<BareNftRule, 'text'> & { readonly text: string | null };
};

type Table = Pick<NftTable, 'family' | 'name'>;

const bare = ({ text, statements, comment }: BareNftRule): NftRuleParams['rule'] => ({ text: text ?? null, statements, comment });

/** Puts a rule before the one that is at a place now. */
export const insertNftRule = (
  on: Scope,
  { family, name }: Table,
  chain: string,
  position: number,
  rule: BareNftRule,
): Action<NftRuleParams> => ({
  do: 'nft-rule',
  on,
  params: { verb: 'insert', family, table: name, chain, position, handle: null, rule: bare(rule) },
});

/** Deletes the rule at a place, and only if it is this very rule. */
export const deleteNftRule = (
  on: Scope,
  { family, name }: Table,
  chain: string,
  position: number,
  rule: BareNftRule & Pick<NftRule, 'handle'>,
): Action<NftRuleParams> => ({
  do: 'nft-rule',
  on,
  params: { verb: 'delete', family, table: name, chain, position, handle: rule.handle ?? null, rule: bare(rule) },
});

/** The family, table and chain of an action, as nft wants them. */
export const chainWords = ({ family, table, chain }: Pick<NftRuleParams, 'family' | 'table' | 'chain'>): string =>
  `${family} ${table} ${chain}`;

const tableOf = (facts: Facts, { on, params }: Action<NftRuleParams>): NftTable | undefined =>
  seenNft(facts, on, params.family, params.table);

const gap = (on: Scope, why: 'not collected' | 'not modelled', detail: string) =>
  ({ is: 'unknown', gap: { of: 'nft', scope: on, why, detail } }) as const;

/** The rules of a chain after the change; nothing when the chain is not as the action expects it. */
function changed(rules: readonly NftRule[], { verb, position, handle, rule }: NftRuleParams): readonly NftRule[] | undefined {
  const at = position - 1;
  const there = rules[at];
  if (verb === 'delete') {
    const isThis = there !== undefined && (there.text ?? null) === rule.text && (there.handle ?? null) === handle;
    return isThis ? rules.toSpliced(at, 1) : undefined;
  }
  const origin = { file: '', edited: { by: `nft insert rule ${position}`, was: undefined } };
  const made: NftRule = { ...rule, text: rule.text ?? undefined, handle: undefined, counters: null, origin };
  return at <= rules.length ? rules.toSpliced(at, 0, made) : undefined;
}

const told = ({ rule, handle }: NftRuleParams): string => rule.text ?? (handle === null ? 'a rule' : `the rule with handle ${handle}`);

export default defineAction<NftRuleParams>({
  id: 'nft-rule',
  rights: 'root',
  command: ({ params }) => {
    const { verb, position, handle } = params;
    const words = chainWords(params);
    if (verb === 'delete')
      return handle === null
        ? `nft delete rule ${words} handle N   # N: what \`nft -a list chain ${words}\` says of rule ${position}`
        : `nft delete rule ${words} handle ${handle}`;
    return position === 1 ? `nft insert rule ${words} ${told(params)}` : `nft add rule ${words} index ${position - 2} ${told(params)}`;
  },
  diff: (_, { params }) => [
    `${params.verb === 'delete' ? '-' : '+'} ${params.family} ${params.table}: ${told(params)} (rule ${params.position} of ${params.chain})`,
  ],
  preview: (facts, action) => {
    const { on, params } = action;
    const table = tableOf(facts, action);
    const chain = table?.chains.find(({ name }) => name === params.chain);
    if (table === undefined || chain === undefined)
      return gap(on, 'not collected', `the chain ${params.chain} of the table ${params.family} ${params.table} was not seen`);
    const rules = changed(chain.rules, params);
    if (rules === undefined) return gap(on, 'not modelled', `rule ${params.position} of ${params.chain} is another one than expected`);
    const chains = table.chains.map((one) => (one === chain ? { ...one, rules } : one));
    const by = `nft ${params.verb} rule ${chainWords(params)} ${params.position}`;
    return { is: 'facts', facts: edit(facts, [{ op: 'put', kind: 'nft', scope: on, fact: { ...table, chains } }], by) };
  },
});
