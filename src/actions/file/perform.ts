import { isRedacted } from '#snapshot/redacted';
import { definePerformer } from '../performer.ts';
import type { FileParams } from './preview.ts';

/** The old content is kept under this name until the mend is known to hold. */
const kept = (path: string): string => `${path}.leadline-before`;

export default definePerformer<FileParams>({
  id: 'file',
  prepare: async ({ params: { path } }, world) => {
    const there = await world.files.exists(path);
    const folder = path.slice(0, path.lastIndexOf('/'));
    return { text: there ? (await world.files.read(path)).toString('utf8') : null, folder: await world.files.exists(folder) };
  },
  perform: async ({ params: { path, text } }, world) => {
    if (isRedacted(text)) throw new Error(`what ${path} shall hold had a secret in it, which was not captured: nothing is written`);
    const folder = path.slice(0, path.lastIndexOf('/'));
    if (!(await world.files.exists(folder))) await world.files.makeFolder(folder);
    if (await world.files.exists(path)) await world.files.write(kept(path), await world.files.read(path), 0o600);
    await world.files.write(path, text);
    const now = (await world.files.read(path)).toString('utf8');
    if (now !== text) throw new Error(`${path} does not hold what was written`);
  },
  undo: async ({ params: { path } }, { text, folder }, world) => {
    if (typeof text === 'string') await world.files.write(path, text);
    else if (await world.files.exists(path)) await world.files.remove(path);
    if (await world.files.exists(kept(path))) await world.files.remove(kept(path));
    const parent = path.slice(0, path.lastIndexOf('/'));
    if (folder === false && (await world.files.exists(parent)) && (await world.files.list(parent)).length === 0)
      await world.files.remove(parent);
  },
});
