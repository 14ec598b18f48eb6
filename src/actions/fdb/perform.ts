import type { Action } from '#change/change';
import type { World } from '#world/world';
import { definePerformer } from '../performer.ts';
import { runIn } from '../run-in.ts';
import { type FdbParams, fdbArgv } from './preview.ts';

/** Where the entries of this MAC point, in order. */
async function destinations({ on, params }: Action<FdbParams>, world: World): Promise<readonly string[]> {
  const text = await runIn(on, ['bridge', 'fdb', 'show', 'dev', params.device], world);
  return text
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([mac]) => mac === params.mac)
    .map((words) => words[words.indexOf('dst') + 1] ?? '');
}

async function perform(action: Action<FdbParams>, world: World): Promise<void> {
  const { verb, mac, dst, device } = action.params;
  await runIn(action.on, fdbArgv(action.params), world);
  const there = (await destinations(action, world)).includes(dst);
  if (there !== (verb === 'add')) throw new Error(`${device}: ${mac} dst ${dst} is ${there ? 'still' : 'not'} there`);
}

async function undo(action: Action<FdbParams>, before: readonly string[], world: World): Promise<void> {
  const { device, mac } = action.params;
  const line = (verb: string, dst: string): readonly string[] => ['bridge', 'fdb', verb, mac, 'dev', device, 'dst', dst, 'self'];
  const now = await destinations(action, world);
  for (const dst of now) if (!before.includes(dst)) await runIn(action.on, line('del', dst), world);
  for (const dst of before) if (!now.includes(dst)) await runIn(action.on, [...line('append', dst), 'permanent'], world);
}

export default definePerformer<FdbParams>({
  id: 'fdb',
  prepare: async (action, world) => ({ destinations: await destinations(action, world) }),
  perform,
  undo: (action, before, world) => undo(action, Array.isArray(before['destinations']) ? before['destinations'].map(String) : [], world),
});
