import type { Action } from '#change/change';
import type { World } from '#world/world';
import { definePerformer, type Undo } from '../performer.ts';
import { runIn, tryIn } from '../run-in.ts';
import type { LinkParams } from './change.ts';
import { linkArgv } from './preview.ts';

type Now = { readonly up: boolean; readonly mtu: string; readonly master: string | null; readonly hairpin: boolean };

async function now({ on, params }: Action<LinkParams>, world: World): Promise<Now> {
  const text = await runIn(on, ['ip', '-d', 'link', 'show', 'dev', params.device], world);
  const flags = /<([^>]*)>/.exec(text)?.[1]?.split(',') ?? [];
  return {
    up: flags.includes('UP'),
    mtu: / mtu (\d+)/.exec(text)?.[1] ?? '',
    master: / master (\S+)/.exec(text)?.[1] ?? null,
    hairpin: / hairpin on /.test(text),
  };
}

const lines = async ({ on }: Action<LinkParams>, argv: readonly string[], world: World): Promise<readonly string[]> =>
  ((await tryIn(on, argv, world)) ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** What is lost when the device goes down, as the words that put it back: its routes and its permanent neighbours. */
async function belongings(action: Action<LinkParams>, world: World): Promise<Undo> {
  const { device } = action.params;
  const routes = await lines(action, ['ip', '-4', 'route', 'show', 'table', 'all', 'dev', device], world);
  const neighbours = await lines(action, ['ip', '-4', 'neigh', 'show', 'dev', device, 'nud', 'permanent'], world);
  return { routes: routes.filter((line) => !/^(local|broadcast) |proto kernel/.test(line)), neighbours };
}

async function perform(action: Action<LinkParams>, world: World): Promise<void> {
  await runIn(action.on, linkArgv(action.params), world);
  const after = await now(action, world);
  const { device, set, value } = action.params;
  if (String(after[set]) !== String(value)) throw new Error(`${device}: ${set} is ${after[set]} after it was set to ${value}`);
}

const words = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

/** Puts routes and neighbours back that went with a device that was up. */
async function restore(action: Action<LinkParams>, undo: Undo, world: World): Promise<void> {
  const { device } = action.params;
  for (const line of words(undo['routes'])) {
    await tryIn(action.on, ['ip', '-4', 'route', 'add', ...line.split(/\s+/).filter((word) => word !== 'linkdown'), 'dev', device], world);
  }
  for (const line of words(undo['neighbours'])) {
    const [address = '', , mac = ''] = line.split(/\s+/);
    await tryIn(action.on, ['ip', 'neigh', 'replace', address, 'lladdr', mac, 'dev', device, 'nud', 'permanent'], world);
  }
}

async function undo(action: Action<LinkParams>, before: Undo, world: World): Promise<void> {
  const { device, set } = action.params;
  const put = (params: LinkParams): Promise<string> => runIn(action.on, linkArgv(params), world);
  if (set === 'up') {
    await put({ device, set, value: before['up'] === true });
    if (before['up'] === true) await restore(action, before, world);
  } else if (set === 'mtu') await put({ device, set, value: Number(before['mtu']) });
  else if (set === 'hairpin') await put({ device, set, value: before['hairpin'] === true });
  else {
    const master = typeof before['master'] === 'string' ? before['master'] : null;
    await put({ device, set, value: master });
    if (master !== null && before['hairpin'] === true) await put({ device, set: 'hairpin', value: true });
  }
}

export default definePerformer<LinkParams>({
  id: 'link',
  prepare: async (action, world) => ({ ...(await now(action, world)), ...(await belongings(action, world)) }),
  perform,
  undo,
});
