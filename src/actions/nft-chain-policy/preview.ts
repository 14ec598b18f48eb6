import { seenNft } from '#actions/seen-table';
import { type Action, defineAction } from '#change/change';
import { edit } from '#facts/edit';
import type { Facts } from '#facts/facts';
import type { NftHook, NftTable } from '#facts/nft/nft';
import type { Scope } from '#snapshot/scope';

/** The policy of a base chain of a native table. */
export type NftChainPolicyParams = Pick<NftTable, 'family'> & {
  readonly table: string;
  readonly chain: string;
  readonly policy: NftHook['policy'];
};

/** Sets the policy of a base chain in the table that it was seen in. */
export const setNftChainPolicy = (
  on: Scope,
  { family, name }: Pick<NftTable, 'family' | 'name'>,
  chain: string,
  policy: NftHook['policy'],
): Action<NftChainPolicyParams> => ({ do: 'nft-chain-policy', on, params: { family, table: name, chain, policy } });

const tableOf = (facts: Facts, { on, params }: Action<NftChainPolicyParams>): NftTable | undefined =>
  seenNft(facts, on, params.family, params.table);

const baseOf = (table: NftTable | undefined, chain: string): NftHook | undefined =>
  table?.chains.find(({ name }) => name === chain)?.base ?? undefined;

export default defineAction<NftChainPolicyParams>({
  id: 'nft-chain-policy',
  rights: 'root',
  command: ({ params: { family, table, chain, policy } }) => `nft chain ${family} ${table} ${chain} '{ policy ${policy}; }'`,
  diff: (facts, action) => {
    const { family, table, chain, policy } = action.params;
    const before = baseOf(tableOf(facts, action), chain)?.policy;
    return [`- ${family} ${table} ${chain} policy ${before ?? '(not seen)'}`, `+ ${family} ${table} ${chain} policy ${policy}`];
  },
  preview: (facts, action) => {
    const { on, params } = action;
    const table = tableOf(facts, action);
    if (table === undefined || baseOf(table, params.chain) === undefined) {
      const detail = `the base chain ${params.chain} of the table ${params.family} ${params.table} was not seen`;
      return { is: 'unknown', gap: { of: 'nft', scope: on, why: 'not collected', detail } };
    }
    const chains = table.chains.map((one) =>
      one.name === params.chain && one.base !== null ? { ...one, base: { ...one.base, policy: params.policy } } : one,
    );
    const by = `nft chain ${params.family} ${params.table} ${params.chain} policy ${params.policy}`;
    return { is: 'facts', facts: edit(facts, [{ op: 'put', kind: 'nft', scope: on, fact: { ...table, chains } }], by) };
  },
});
