import { createHash } from 'node:crypto';
import type { Entry, Part, Snapshot, SnapshotIndex } from '#snapshot/snapshot';

/** A snapshot with its raw bytes in memory: by the path that each has in the archive (`nodes/D/…`, `blobs/<sha256>`). */
export type Archive = { readonly index: SnapshotIndex; readonly content: ReadonlyMap<string, Buffer> };

/** An archive that cannot be read or must not be: said in one sentence for the user. */
export class BrokenArchive extends Error {}

/** The path of a part inside the archive. */
export const pathOfPart = (part: Part): string => ('file' in part ? part.file : `blobs/${part.blob}`);

export const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

/** The raw bytes of an entry. */
export function bytesOf(archive: Archive, entry: Entry): Buffer {
  const parts = entry.parts.map((part) => archive.content.get(pathOfPart(part)) ?? Buffer.alloc(0));
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
}

/** Longer content is not turned into a string: Node's end at 512 MiB. */
const LONGEST_TEXT = 400 * 1024 * 1024;

/** The archive as the rest of Leadline sees it. */
export const snapshotOf = (archive: Archive): Snapshot => ({
  index: archive.index,
  text: (entry) => bytesOf(archive, entry).subarray(0, LONGEST_TEXT).toString('utf8'),
});

/** Content from which on it is worth a blob of its own when several entries share it. */
const SHARED_FROM = 128;

/** An archive out of readings: content that several of them share becomes one blob. */
export function archiveOf(
  index: Omit<SnapshotIndex, 'entries'>,
  readings: readonly { readonly entry: Omit<Entry, 'parts'>; readonly content: Buffer }[],
): Archive {
  const hashes = readings.map(({ content }) => (content.length < SHARED_FROM ? '' : sha256(content)));
  const times = new Map<string, number>();
  for (const hash of hashes) times.set(hash, (times.get(hash) ?? 0) + 1);
  const content = new Map<string, Buffer>();
  const entries = readings.map(({ entry, content: own }, index) => {
    const hash = hashes[index] ?? '';
    const part: Part = hash !== '' && (times.get(hash) ?? 0) > 1 ? { blob: hash } : { file: entry.file };
    content.set(pathOfPart(part), own);
    return { ...entry, parts: [part] };
  });
  return { index: { ...index, entries }, content };
}
