import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract, type Header, pack } from 'tar-stream';
import { SAFE_PATH } from '#snapshot/validate-index';
import { BrokenArchive } from './archive.ts';
import type { Limits } from './limits.ts';
import { CUT } from './unpack.ts';

/** Whether content begins as a tar archive does (the ustar magic of POSIX and GNU). */
export const looksLikeTar = (head: Buffer): boolean => head.length >= 512 && head.subarray(257, 262).toString('latin1') === 'ustar';

/** The files of a tar archive by name. Links, devices, paths that lead out, and anything beyond the limits are refused. */
export async function filesOfTar(content: AsyncIterable<Buffer>, limits: Limits): Promise<ReadonlyMap<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const unpack = extract();
  let total = 0;
  const reading = (async () => {
    let entries = 0;
    for await (const entry of unpack) {
      entries += 1;
      if (entries > limits.files) throw new BrokenArchive(`holds more than ${limits.files} files`);
      const name = checkedName(entry.header);
      if ((entry.header.size ?? 0) > limits.file)
        throw new BrokenArchive(`holds a file of more than ${limits.file} bytes: ${shown(entry.header.name)}`);
      const chunks: Buffer[] = [];
      // an empty one has no chunks, and to wait for their end costs as much as all else of an entry
      for await (const chunk of entry.header.size === 0 ? [] : entry) {
        if (!Buffer.isBuffer(chunk)) continue;
        total += chunk.length;
        if (total > limits.total) throw new BrokenArchive(`unpacks to more than ${limits.total} bytes`);
        chunks.push(chunk);
      }
      if (name === undefined) continue;
      if (files.has(name)) throw new BrokenArchive(`holds the file ${shown(name)} twice`);
      files.set(name, Buffer.concat(chunks));
    }
  })();
  try {
    await Promise.all([pipeline(Readable.from(content), unpack), reading]);
  } catch (error) {
    throw error instanceof BrokenArchive ? error : new BrokenArchive(tarProblem(error));
  }
  return files;
}

const shown = (name: string): string => JSON.stringify(name.slice(0, 200));

/** The name of a file; nothing for a folder. */
function checkedName({ name: raw, type }: Header): string | undefined {
  const name = raw.replace(/^(?:\.\/)+/, '').replace(/\/+$/, '');
  if (type === 'directory') return undefined;
  if (type !== 'file' && type !== 'contiguous-file')
    throw new BrokenArchive(`holds a ${type ?? 'thing of no known type'}, which no snapshot has: ${shown(raw)}`);
  if (raw.length > 1024 || !SAFE_PATH.test(name)) throw new BrokenArchive(`holds a path that leads out of it: ${shown(raw)}`);
  return name;
}

const tarProblem = (error: unknown): string => {
  const text = error instanceof Error ? error.message : String(error);
  return text === 'Unexpected end of data' ? CUT : `is not readable as tar: ${text}`;
};

/** A tar archive of these files, in their order, with nothing in it that differs from run to run. */
export async function tarOf(files: Iterable<readonly [string, Buffer]>): Promise<Buffer> {
  const tar = pack();
  const chunks: Buffer[] = [];
  const gathering = (async () => {
    for await (const chunk of tar) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  })();
  for (const [name, content] of files) {
    tar.entry({ name, mode: 0o600, mtime: new Date(0), uname: '', gname: '' }, content);
  }
  tar.finalize();
  await gathering;
  return Buffer.concat(chunks);
}
