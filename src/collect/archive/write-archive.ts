import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Files } from '#world/world';
import type { Archive } from './archive.ts';
import { formOfName } from './packing.ts';
import { tarOf } from './tar.ts';

export const INDEX_FILE = 'leadline.json';

/** The index first, so that a reader knows what belongs to it before the rest comes. */
const filesOf = ({ index, content }: Archive): readonly (readonly [string, Buffer])[] => [
  [INDEX_FILE, Buffer.from(`${JSON.stringify(index, undefined, 1)}\n`)],
  ...content,
];

/** Writes a snapshot: `.tar.gz` or `.tgz`, `.tar`, or else a folder. A name that promises what is not written is the caller's to refuse. */
export async function writeArchive(archive: Archive, path: string, files: Files): Promise<void> {
  const form = formOfName(path);
  if (form.is === 'tar.gz') {
    await files.write(path, await promisify(gzip)(await tarOf(filesOf(archive)), { level: 6 }), 0o600);
  } else if (form.is === 'tar') {
    await files.write(path, await tarOf(filesOf(archive)), 0o600);
  } else if (form.is === 'not written') {
    throw new Error(`${path} promises ${form.promises}`);
  } else {
    for (const [name, content] of filesOf(archive)) await files.write(`${path}/${name}`, content, 0o600);
  }
}
