import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, brotliDecompressSync, constants, gunzipSync, gzipSync } from 'node:zlib';
import type { Measured, Phase, Subject } from './stage.ts';

/** A story as it was recorded; the captures lie beside it. */
export type Recording = {
  readonly subject: Subject;
  readonly measured: Readonly<Record<Phase, Measured>>;
  /** What was found in each phase, as `fault subject (status)`. */
  readonly judged: Readonly<Record<Phase, readonly string[]>>;
  /** What of each phase's captures was not understood, or contradicts the rest of them. */
  readonly unclear: Readonly<Record<Phase, readonly string[]>>;
  readonly mend: readonly string[];
  readonly archives: Readonly<Record<Phase, readonly string[]>>;
};

/** Where recordings lie; a bundle says where, for it does not lie where the sources do. */
export const recordedFolder = (): string => process.env['LEADLINE_RECORDED'] ?? fileURLToPath(new URL('../recorded', import.meta.url));

/** All captures of a story in one: a dozen archives of one cluster hold nearly the same texts, which gzip alone does not see. */
const PACK = 'captures.br';

const fileOf = (fault: string): string => join(recordedFolder(), fault, 'story.json');

/** The recorded stories. */
export function recordedIds(): readonly { readonly fault: string; readonly title: string }[] {
  const folder = recordedFolder();
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((fault) => existsSync(fileOf(fault)))
    .sort()
    .map((fault) => ({ fault, title: readRecording(fault).subject.title }));
}

/** One recorded story; what is not recorded is an error that names what is. */
export function readRecording(fault: string): Recording {
  if (!/^[a-z0-9-]+$/.test(fault) || !existsSync(fileOf(fault))) {
    const there = recordedIds().map((one) => `\n   ${one.fault.padEnd(32)} ${one.title}`);
    throw new Error(`${fault} is not recorded: it plays only where the lab is allowed. Recorded are:${there.join('') || ' none'}`);
  }
  const recording: Recording = JSON.parse(readFileSync(fileOf(fault), 'utf8')); // written by lab/record.ts, and checked by its test
  return recording;
}

/** Where the captures of a recorded story can be read; packed ones are laid into a folder that goes with this process. */
export function openCaptures(fault: string): string {
  const folder = join(recordedFolder(), fault);
  if (!existsSync(join(folder, PACK))) return folder;
  const open = mkdtempSync(join(tmpdir(), 'leadline-story-'));
  process.on('exit', () => rmSync(open, { recursive: true, force: true }));
  const packed: Readonly<Record<string, string>> = JSON.parse(brotliDecompressSync(readFileSync(join(folder, PACK))).toString());
  for (const [name, tar] of Object.entries(packed)) {
    const path = join(open, basename(dirname(name)), basename(name));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, gzipSync(Buffer.from(tar, 'latin1'), { level: 1 }));
  }
  return open;
}

/** Keeps a story in a folder: its captures as they are where they serve as examples, else packed. */
export function writeRecording(folder: string, recording: Recording, files: ReadonlyMap<string, string>, packed: boolean): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'story.json'), `${JSON.stringify(recording, null, 1)}\n`);
  if (packed) writeFileSync(join(folder, PACK), packOf(files));
  else {
    for (const [name, path] of files) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), readFileSync(path));
    }
  }
}

function packOf(files: ReadonlyMap<string, string>): Buffer {
  const tars = [...files].map(([name, path]) => [name, gunzipSync(readFileSync(path)).toString('latin1')] as const);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_LGWIN]: 24 };
  return brotliCompressSync(JSON.stringify(Object.fromEntries(tars)), { params });
}
