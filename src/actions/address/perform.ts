import type { Action } from '#change/change';
import type { World } from '#world/world';
import { definePerformer } from '../performer.ts';
import { runIn, tryIn } from '../run-in.ts';
import { addressWords, type AddressParams } from './preview.ts';

async function isThere({ on, params: { device, address, length } }: Action<AddressParams>, world: World): Promise<boolean> {
  const listed = await runIn(on, ['ip', '-o', 'addr', 'show', 'dev', device], world);
  return listed.split(/\s+/).includes(`${address}/${length}`);
}

/** Whether the address has a broadcast address beside it, which `ip addr add` only gives when it is told to. */
async function hasBroadcast({ on, params: { device, address, length } }: Action<AddressParams>, world: World): Promise<boolean> {
  const listed = await runIn(on, ['ip', '-o', 'addr', 'show', 'dev', device], world);
  return listed.split('\n').some((line) => line.includes(` ${address}/${length} brd `));
}

/** Routes that name the address or its device, in the words that add them again. */
async function routes({ on, params }: Action<AddressParams>, world: World): Promise<readonly string[]> {
  const listed = (await tryIn(on, ['ip', '-4', 'route', 'show', 'table', 'all', 'dev', params.device], world)) ?? '';
  return listed
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(local|broadcast) |proto kernel/.test(line));
}

async function set(action: Action<AddressParams>, verb: AddressParams['verb'], world: World, bare = false): Promise<void> {
  const params = { ...action.params, verb };
  if ((await isThere(action, world)) === (verb === 'add')) return;
  const words = addressWords(params).filter((word) => !bare || !['brd', '+'].includes(word));
  await runIn(action.on, ['ip', 'addr', ...words], world);
  if ((await isThere(action, world)) !== (verb === 'add'))
    throw new Error(`${params.address} is ${verb === 'add' ? 'not' : 'still'} on ${params.device} after \`ip addr ${verb}\``);
}

export default definePerformer<AddressParams>({
  id: 'address',
  prepare: async (action, world) => ({
    there: await isThere(action, world),
    broadcast: await hasBroadcast(action, world),
    routes: await routes(action, world),
  }),
  perform: (action, world) => set(action, action.params.verb, world),
  undo: async (action, undo, world) => {
    await set(action, undo['there'] === true ? 'add' : 'delete', world, undo['broadcast'] === false);
    const now = await routes(action, world);
    for (const line of Array.isArray(undo['routes']) ? undo['routes'].map(String) : []) {
      if (!now.includes(line))
        await runIn(
          action.on,
          ['ip', '-4', 'route', 'add', ...line.split(/\s+/).filter((word) => word !== 'linkdown'), 'dev', action.params.device],
          world,
        );
    }
  },
});
