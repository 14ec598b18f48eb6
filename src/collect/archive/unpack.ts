import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { BrokenArchive } from './archive.ts';
import type { Limits } from './limits.ts';

const isGzip = (content: Buffer): boolean => content[0] === 0x1f && content[1] === 0x8b;

/** Bytes that are unpacked at once: each time costs as much as unpacking some kilobytes. */
const CHUNK = 256 * 1024;

/** The content of a file, unpacked where it is gzipped, chunk by chunk and never more than the limits allow. */
export async function* unpacked(packed: Buffer, limits: Limits): AsyncGenerator<Buffer> {
  if (!isGzip(packed)) {
    if (packed.length > limits.total) throw new BrokenArchive(`is larger than ${limits.total} bytes`);
    yield packed;
    return;
  }
  let total = 0;
  try {
    for await (const chunk of Readable.from([packed]).pipe(createGunzip({ chunkSize: CHUNK }))) {
      if (!Buffer.isBuffer(chunk)) continue;
      total += chunk.length;
      if (total > limits.total) throw new BrokenArchive(`unpacks to more than ${limits.total} bytes`);
      if (total > limits.ratioFrom && total > packed.length * limits.ratio) {
        throw new BrokenArchive(`unpacks to more than ${limits.ratio} times its size: this looks like a gzip bomb`);
      }
      yield chunk;
    }
  } catch (error) {
    throw error instanceof BrokenArchive ? error : new BrokenArchive(gzipProblem(error));
  }
}

const gzipProblem = (error: unknown): string => {
  const text = error instanceof Error ? error.message : String(error);
  return text === 'unexpected end of file' ? CUT : `is not readable as gzip: ${text}`;
};

/** What is said of a file that ends too early. */
export const CUT = 'ends too early: it was cut off';

/** All chunks of a capture's stream; of one that was cut off, what is there. */
export async function gathered(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  try {
    for await (const chunk of chunks) parts.push(chunk);
  } catch (error) {
    if (!(error instanceof BrokenArchive) || error.message !== CUT || parts.length === 0) throw error;
  }
  return Buffer.concat(parts);
}
