import { seenIptables } from '#actions/seen-table';
import { type Action, defineAction } from '#change/change';
import { edit } from '#facts/edit';
import type { Facts } from '#facts/facts';
import type { IptablesTable } from '#facts/iptables/iptables';
import type { Scope } from '#snapshot/scope';

/** The policy of a built-in chain, in one table of one backend. */
export type ChainPolicyParams = {
  readonly family: 4 | 6;
  readonly backend: 'legacy' | 'nft' | null;
  readonly table: IptablesTable['table'];
  readonly chain: string;
  readonly policy: 'ACCEPT' | 'DROP';
};

/** Sets the policy of a chain in the table that it was seen in. */
export const setChainPolicy = (
  on: Scope,
  { family, backend, table }: Pick<IptablesTable, 'family' | 'backend' | 'table'>,
  chain: string,
  policy: 'ACCEPT' | 'DROP',
): Action<ChainPolicyParams> => ({ do: 'chain-policy', on, params: { family, backend: backend ?? null, table, chain, policy } });

const tableOf = (facts: Facts, { on, params }: Action<ChainPolicyParams>): IptablesTable | undefined => seenIptables(facts, on, params);

export default defineAction<ChainPolicyParams>({
  id: 'chain-policy',
  rights: 'root',
  command: ({ params: { family, backend, table, chain, policy } }) =>
    `${family === 6 ? 'ip6tables' : 'iptables'}${backend === null ? '' : `-${backend}`} -t ${table} -P ${chain} ${policy}`,
  diff: (facts, action) => {
    const { chain, policy, table } = action.params;
    const before = tableOf(facts, action)?.chains.find(({ name }) => name === chain)?.policy;
    return [`- ${table} :${chain} ${before ?? '(not seen)'}`, `+ ${table} :${chain} ${policy}`];
  },
  preview: (facts, action) => {
    const table = tableOf(facts, action);
    const { on, params } = action;
    if (table === undefined) {
      const detail = `the table ${params.table} of ${params.backend ?? 'an unknown backend'} was not seen`;
      return { is: 'unknown', gap: { of: 'iptables', scope: on, why: 'not collected', detail } };
    }
    const chains = table.chains.map((one) => (one.name === params.chain ? { ...one, policy: params.policy } : one));
    const by = `iptables -P ${params.chain} ${params.policy}`;
    return { is: 'facts', facts: edit(facts, [{ op: 'put', kind: 'iptables', scope: on, fact: { ...table, chains } }], by) };
  },
});
