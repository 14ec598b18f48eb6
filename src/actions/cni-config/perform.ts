import type { Action } from '#change/change';
import type { World } from '#world/world';
import { definePerformer } from '../performer.ts';
import { runIn } from '../run-in.ts';
import { asideOf, type CniConfigParams } from './preview.ts';

/** The file, if it is one of the folder that runtimes read; anything else is left alone. */
function pathOf({ params: { path } }: Action<CniConfigParams>): string {
  if (!/^\/etc\/cni\/net\.d\/[^/]+\.(conf|conflist|json)$/.test(path)) throw new Error(`not a CNI configuration: ${path}`);
  return path;
}

/** Moves a file, and only where none of the new name is there. */
async function move({ on }: Action<CniConfigParams>, from: string, to: string, world: World): Promise<void> {
  if (await world.files.exists(to)) throw new Error(`${to} is there: nothing is moved`);
  await runIn(on, ['mv', '-n', '--', from, to], world);
  if ((await world.files.exists(from)) || !(await world.files.exists(to))) throw new Error(`${from} is not at ${to} after it was moved`);
}

export default definePerformer<CniConfigParams>({
  id: 'cni-config',
  prepare: async (action, world) => ({ there: await world.files.exists(pathOf(action)) }),
  perform: async (action, world) => move(action, pathOf(action), asideOf(pathOf(action)), world),
  undo: async (action, { there }, world) => {
    const path = pathOf(action);
    if (there === true && (await world.files.exists(asideOf(path)))) await move(action, asideOf(path), path, world);
  },
});
