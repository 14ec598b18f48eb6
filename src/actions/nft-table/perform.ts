import type { Action } from '#change/change';
import type { World } from '#world/world';
import { nftName } from '../nft-name.ts';
import { definePerformer } from '../performer.ts';
import { runIn, tryIn } from '../run-in.ts';
import type { NftTableParams } from './preview.ts';

/** The table as nft writes and reads it; nothing where it is not there. */
const listed = ({ on, params: { family, name } }: Action<NftTableParams>, world: World): Promise<string | undefined> =>
  tryIn(on, ['nft', 'list', 'table', family, nftName(name)], world);

export default definePerformer<NftTableParams>({
  id: 'nft-table',
  prepare: async (action, world) => ({ table: (await listed(action, world)) ?? null }),
  perform: async (action, world) => {
    const { family, name } = action.params;
    await runIn(action.on, ['nft', 'delete', 'table', family, nftName(name)], world);
    if ((await listed(action, world)) !== undefined) throw new Error(`the table ${family} ${name} is there after it was deleted`);
  },
  undo: async (action, { table }, world) => {
    if (typeof table !== 'string' || (await listed(action, world)) !== undefined) return;
    await runIn(action.on, ['nft', '-f', '-'], world, table);
  },
});
