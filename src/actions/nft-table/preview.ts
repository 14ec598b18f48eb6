import { seenNft } from '#actions/seen-table';
import { type Action, defineAction } from '#change/change';
import { edit } from '#facts/edit';
import { type NftTable, nft } from '#facts/nft/nft';
import type { Facts } from '#facts/facts';
import type { Scope } from '#snapshot/scope';

/** One whole table of nftables. */
export type NftTableParams = Pick<NftTable, 'family' | 'name'>;

/** Deletes a table with all of its chains, sets and maps. */
export const deleteNftTable = (on: Scope, { family, name }: NftTableParams): Action<NftTableParams> => ({
  do: 'nft-table',
  on,
  params: { family, name },
});

const tableOf = (facts: Facts, { on, params }: Action<NftTableParams>): NftTable | undefined =>
  seenNft(facts, on, params.family, params.name);

export default defineAction<NftTableParams>({
  id: 'nft-table',
  rights: 'root',
  command: ({ params: { family, name } }) => `nft delete table ${family} ${name}`,
  diff: (facts, action) => {
    const table = tableOf(facts, action);
    const size = table === undefined ? 'not seen' : `${table.chains.length} chains, ${table.sets.length} sets and maps`;
    return [`- table ${action.params.family} ${action.params.name} (${size})`];
  },
  preview: (facts, action) => {
    const { on, params } = action;
    const table = tableOf(facts, action);
    const detail = `the table ${params.family} ${params.name} was not seen`;
    if (table === undefined) return { is: 'unknown', gap: { of: 'nft', scope: on, why: 'not collected', detail } };
    const gone = { op: 'delete', kind: 'nft', scope: on, key: nft.key(table) } as const;
    return { is: 'facts', facts: edit(facts, [gone], `nft delete table ${params.family} ${params.name}`) };
  },
});
