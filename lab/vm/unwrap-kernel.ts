import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { must } from '../world/command.ts';

/** Offsets in the boot header (Documentation/arch/x86/boot.rst). */
const SETUP_SECTORS = 0x1f1;
const PAYLOAD_OFFSET = 0x248;
const PAYLOAD_LENGTH = 0x24c;
const SECTOR = 512;

const XZ = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a]);
const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/** The kernel without its wrapping: a translated processor takes seconds to unpack it at every start. What is wrapped otherwise stays as it is. */
export async function unwrapped(image: Buffer, draft: string): Promise<Buffer> {
  const start = (image.readUInt8(SETUP_SECTORS) + 1) * SECTOR + image.readUInt32LE(PAYLOAD_OFFSET);
  // the last four bytes tell how long it is unpacked
  const payload = image.subarray(start, start + image.readUInt32LE(PAYLOAD_LENGTH) - 4);
  if (payload.subarray(0, ZSTD.length).equals(ZSTD)) return zstdDecompressSync(payload);
  if (!payload.subarray(0, XZ.length).equals(XZ)) return image;
  const path = join(draft, 'payload.xz');
  writeFileSync(path, payload);
  await must('xz', ['-d', path], { timeoutMs: 60_000 });
  return readFileSync(join(draft, 'payload'));
}
