import type { Action } from '#change/change';
import type { World } from '#world/world';
import { definePerformer } from '../performer.ts';
import { runIn } from '../run-in.ts';
import { type NeighbourParams, neighbourArgv } from './preview.ts';

/** The words behind the address of the entry, as `ip neigh` prints them; nothing where there is none. */
async function entry({ on, params: { device, address } }: Action<NeighbourParams>, world: World): Promise<readonly string[] | undefined> {
  const text = await runIn(on, ['ip', 'neigh', 'show', address, 'dev', device], world);
  const words = text.trim().split(/\s+/);
  return words[0] === address ? words.slice(1) : undefined;
}

const after = (words: readonly string[], word: string): string | undefined => {
  const at = words.indexOf(word);
  return at < 0 ? undefined : words[at + 1];
};

async function perform(action: Action<NeighbourParams>, world: World): Promise<void> {
  const { mac, address, device } = action.params;
  await runIn(action.on, neighbourArgv(action.params), world);
  const now = await entry(action, world);
  const wrong = mac === null ? now?.includes('PERMANENT') === true : after(now ?? [], 'lladdr') !== mac;
  if (wrong) throw new Error(`${address} on ${device} reads ${now?.join(' ') ?? 'nothing'} after it was written`);
}

/** A permanent entry is put back as it was; any other is only taken away, for the kernel learns it anew. */
async function undo(action: Action<NeighbourParams>, before: readonly string[], world: World): Promise<void> {
  const { address, device } = action.params;
  const mac = after(before, 'lladdr');
  const state = before.at(-1)?.toLowerCase();
  if (mac !== undefined && state !== undefined) {
    await runIn(action.on, ['ip', 'neigh', 'replace', address, 'lladdr', mac, 'dev', device, 'nud', state], world);
  } else if ((await entry(action, world)) !== undefined) {
    await runIn(action.on, ['ip', 'neigh', 'del', address, 'dev', device], world);
  }
}

export default definePerformer<NeighbourParams>({
  id: 'neighbour',
  prepare: async (action, world) => ({ entry: (await entry(action, world)) ?? [] }),
  perform,
  undo: (action, before, world) => undo(action, Array.isArray(before['entry']) ? before['entry'].map(String) : [], world),
});
