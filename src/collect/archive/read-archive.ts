import type { SnapshotIndex } from '#snapshot/snapshot';
import { SAFE_PATH, validateIndex } from '#snapshot/validate-index';
import { FileFailure } from '#world/file-failure';
import type { Files } from '#world/world';
import { looksLikeStream } from '../stream/frames.ts';
import { readStream } from '../stream/read-stream.ts';
import { type Archive, BrokenArchive, pathOfPart, sha256 } from './archive.ts';
import { LIMITS, type Limits } from './limits.ts';
import { notRead, packingOf } from './packing.ts';
import { filesOfTar, looksLikeTar } from './tar.ts';
import { gathered, unpacked } from './unpack.ts';
import { INDEX_FILE } from './write-archive.ts';

/** Reads a snapshot from `.tar.gz`, `.tar`, a folder, or a stream of the capture script. What is broken or hostile throws. */
export async function readArchive(path: string, files: Files, limits: Limits = LIMITS): Promise<Archive> {
  try {
    if (await files.isFolder(path)) return await readFolder(path, files, limits);
    return await readPacked(await files.read(path), limits);
  } catch (error) {
    if (error instanceof FileFailure) throw error;
    throw new BrokenArchive(
      `${path} ${error instanceof BrokenArchive ? error.message : `cannot be read: ${error instanceof Error ? error.message : String(error)}`}`,
    );
  }
}

async function readPacked(packed: Buffer, limits: Limits): Promise<Archive> {
  const chunks = unpacked(packed, limits);
  const head = await firstBytes(chunks);
  if (looksLikeStream(head.bytes)) return readStream(await gathered(head.all));
  if (looksLikeTar(head.bytes)) return archiveIn(await filesOfTar(head.all, limits));
  const packing = packingOf(head.bytes);
  if (packing !== undefined) throw new BrokenArchive(notRead(packing));
  throw new BrokenArchive(
    'is neither a snapshot (.tar.gz, .tar, folder) nor the output of the capture script; `leadline import` takes plain command outputs',
  );
}

/** The first block of the content, and all of it again. */
async function firstBytes(chunks: AsyncGenerator<Buffer>): Promise<{ readonly bytes: Buffer; readonly all: AsyncGenerator<Buffer> }> {
  let bytes: Buffer = Buffer.alloc(0);
  while (bytes.length < 512) {
    const next = await chunks.next();
    if (next.done === true) break;
    bytes = Buffer.concat([bytes, next.value]);
  }
  const all = async function* (): AsyncGenerator<Buffer> {
    yield bytes;
    yield* chunks;
  };
  return { bytes, all: all() };
}

/** Checks the files of an archive against its index. A folder around them all is taken off. */
function archiveIn(files: ReadonlyMap<string, Buffer>): Archive {
  const indexPath = [...files.keys()].find(
    (name) => name === INDEX_FILE || (name.endsWith(`/${INDEX_FILE}`) && name.split('/').length === 2),
  );
  const bytes = indexPath === undefined ? undefined : files.get(indexPath);
  if (indexPath === undefined || bytes === undefined) throw new BrokenArchive(`has no ${INDEX_FILE}: it is no snapshot`);
  const prefix = indexPath.slice(0, -INDEX_FILE.length);
  const index = parseIndex(bytes);
  const content = new Map<string, Buffer>();
  for (const path of partsOf(index)) {
    const own = files.get(prefix + path);
    if (own === undefined) throw new BrokenArchive(`names the file ${JSON.stringify(path)} in its index and does not hold it`);
    content.set(path, own);
  }
  return verified({ index, content });
}

async function readFolder(path: string, files: Files, limits: Limits): Promise<Archive> {
  if (!(await files.exists(`${path}/${INDEX_FILE}`)))
    throw new BrokenArchive(`has no ${INDEX_FILE}; \`leadline import\` takes folders of plain command outputs`);
  const home = await files.realPath?.(path);
  let total = 0;
  const read = async (name: string): Promise<Buffer> => {
    const real = await files.realPath?.(`${path}/${name}`).catch(() => undefined);
    if (home !== undefined && real !== undefined && !real.startsWith(`${home}/`))
      throw new BrokenArchive(`holds a link that leads out of it: ${JSON.stringify(name)}`);
    const missing = (): never => {
      throw new BrokenArchive(`names the file ${JSON.stringify(name)} in its index and does not hold it`);
    };
    if (files.size !== undefined) {
      const size = await files.size(`${path}/${name}`).catch(missing);
      if (size === undefined) throw new BrokenArchive(`holds what is no file: ${JSON.stringify(name)}`);
      bounded(size, total + size, limits);
    }
    const own = await files.read(`${path}/${name}`).catch(missing);
    total += own.length;
    bounded(own.length, total, limits);
    return own;
  };
  const index = parseIndex(await read(INDEX_FILE));
  const content = new Map<string, Buffer>();
  for (const name of partsOf(index)) content.set(name, await read(name));
  return verified({ index, content });
}

/** Throws where a file, or all together, are larger than is read. */
function bounded(size: number, total: number, limits: Limits): void {
  if (size > limits.file) throw new BrokenArchive(`holds more than ${limits.file} bytes in one file`);
  if (total > limits.total) throw new BrokenArchive(`holds more than ${limits.total} bytes`);
}

function parseIndex(bytes: Buffer): SnapshotIndex {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new BrokenArchive(`has a ${INDEX_FILE} that is not JSON`);
  }
  const checked = validateIndex(value);
  if (checked.is === 'invalid') throw new BrokenArchive(`has an index that is not understood: ${checked.why}`);
  return checked.index;
}

function partsOf(index: SnapshotIndex): ReadonlySet<string> {
  const paths = new Set<string>();
  for (const { parts } of index.entries) for (const part of parts) paths.add(pathOfPart(part));
  for (const path of paths)
    if (!SAFE_PATH.test(path)) throw new BrokenArchive(`names a path that leads out of it: ${JSON.stringify(path)}`);
  return paths;
}

/** Blobs are what their names say, and no two readings have one name. */
function verified(archive: Archive): Archive {
  for (const [path, own] of archive.content) {
    if (path.startsWith('blobs/') && `blobs/${sha256(own)}` !== path)
      throw new BrokenArchive(`holds a blob whose content is not what its name says: ${path}`);
  }
  const names = new Set<string>();
  for (const { file, look } of archive.index.entries) {
    const name = `${look} ${file}`;
    if (names.has(name)) throw new BrokenArchive(`names two readings ${JSON.stringify(file)} in look ${look}`);
    names.add(name);
  }
  return archive;
}
