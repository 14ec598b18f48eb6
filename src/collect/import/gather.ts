import type { Files } from '#world/world';
import { BrokenArchive } from '../archive/archive.ts';
import { LIMITS, type Limits } from '../archive/limits.ts';
import { notRead, packingOf } from '../archive/packing.ts';
import { filesOfTar, looksLikeTar } from '../archive/tar.ts';
import { gathered, unpacked } from '../archive/unpack.ts';
import { INDEX_FILE } from '../archive/write-archive.ts';

/** A file that somebody hands in: the folders that it lies in below what was named, its own name, and its content. */
export type Brought = { readonly folders: readonly string[]; readonly name: string; readonly content: Buffer };

/** One of the things that were named: a folder with what is in it, or a single file. */
export type Pile = { readonly name: string; readonly isFolder: boolean; readonly files: readonly Brought[] };

const DEEPEST = 12;

/** Everything under one path: a folder, a plain or gzipped file, or a tar of files. What is a snapshot already is refused. */
export async function gather(path: string, files: Files, limits: Limits = LIMITS): Promise<Pile> {
  const pile = await pileOf(path, files, limits);
  if (pile.files.some(isSnapshotIndex))
    throw new BrokenArchive(`${path} is a snapshot already: give it as it is to leadline diagnose, or to leadline merge`);
  return pile;
}

async function pileOf(path: string, files: Files, limits: Limits): Promise<Pile> {
  const name = baseName(path);
  if (await files.isFolder(path)) return { name, isFolder: true, files: await walk(path, files, limits) };
  const content = await unpackedFile(path, files, limits);
  const packing = packingOf(content);
  if (packing !== undefined) throw new BrokenArchive(`${path} ${notRead(packing)}`);
  if (!looksLikeTar(content)) return { name, isFolder: false, files: [{ folders: [], name, content }] };
  const inside = await named(path, filesOfTar(once(content), limits));
  return {
    name: name.replace(/\.(tar\.gz|tgz|tar)$/, ''),
    isFolder: true,
    files: [...inside].map(([at, own]) => broughtAs(at.split('/'), own)),
  };
}

/** The index of a snapshot: at the top, or in the one folder around it. */
const isSnapshotIndex = ({ folders, name, content }: Brought): boolean =>
  folders.length < 2 && name === INDEX_FILE && content.subarray(0, 200).includes('"leadline-snapshot"');

const baseName = (path: string): string => path.replace(/\/+$/, '').split('/').at(-1) || path;

const broughtAs = (parts: readonly string[], content: Buffer): Brought => ({
  folders: parts.slice(0, -1),
  name: parts.at(-1) ?? '',
  content,
});

async function* once(content: Buffer): AsyncGenerator<Buffer> {
  yield content;
}

const unpackedFile = async (path: string, files: Files, limits: Limits): Promise<Buffer> =>
  named(path, gathered(unpacked(await files.read(path), limits)));

/** What is said of a broken file names it. */
async function named<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof BrokenArchive ? new BrokenArchive(`${path} ${error.message}`) : error;
  }
}

async function walk(root: string, files: Files, limits: Limits): Promise<readonly Brought[]> {
  const found: Brought[] = [];
  const home = await files.realPath?.(root);
  let total = 0;
  const into = async (folders: readonly string[]): Promise<void> => {
    if (folders.length > DEEPEST) throw new BrokenArchive(`${root} has folders more than ${DEEPEST} deep`);
    const folder = [root, ...folders].join('/');
    for (const name of await files.list(folder)) {
      const path = `${folder}/${name}`;
      if (name.startsWith('.') || (await leadsOut(path, home, files))) continue;
      if (await files.isFolder(path)) {
        await into([...folders, name]);
        continue;
      }
      const content = await unpackedFile(path, files, limits);
      total += content.length;
      found.push({ folders, name, content });
      if (total > limits.total || found.length > limits.files)
        throw new BrokenArchive(`${root} holds more than ${limits.files} files or ${limits.total} bytes`);
    }
  };
  await into([]);
  return found;
}

/** Links are followed only inside the folder. */
async function leadsOut(path: string, home: string | undefined, files: Files): Promise<boolean> {
  const real = await files.realPath?.(path).catch(() => '');
  return home !== undefined && real !== undefined && !real.startsWith(`${home}/`);
}
