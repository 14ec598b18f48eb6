import type { Action } from '#change/change';
import type { World } from '#world/world';
import { definePerformer } from '../performer.ts';
import { runIn, tryIn } from '../run-in.ts';
import { type ConntrackParams, tupleWords } from './preview.ts';

type Entry = ConntrackParams['entries'][number];

const listed = async ({ on }: Action<ConntrackParams>, entry: Entry, world: World): Promise<string> =>
  (await runIn(on, ['conntrack', '-L', ...tupleWords(entry)], world)).trim();

/** Deletes what is there, and looks again: `conntrack -D` also ends with an error when nothing was there. */
async function perform(action: Action<ConntrackParams>, world: World): Promise<void> {
  for (const entry of action.params.entries) {
    const before = await listed(action, entry, world);
    if (before === '') continue;
    await tryIn(action.on, ['conntrack', '-D', ...tupleWords(entry)], world);
    const after = await listed(action, entry, world);
    if (after === before) throw new Error(`the entry is still there after \`conntrack -D\`: ${after}`);
  }
}

/** A forgotten connection is made anew by its next packet: there is nothing to put back, the journal only says what it was. */
export default definePerformer<ConntrackParams>({
  id: 'conntrack-entries',
  prepare: async (action, world) => ({ entries: await Promise.all(action.params.entries.map((entry) => listed(action, entry, world))) }),
  perform,
  undo: async () => {},
});
