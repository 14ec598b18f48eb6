import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** A short name for everything that a cached thing is made from: another input is another name. */
export function cacheKey(...inputs: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, 12);
}

/**
 * Builds a folder once. The build happens in a folder of its own beside the place and is then renamed, so that an
 * interrupted build leaves nothing that looks finished, and of two builders at once the later one yields.
 */
export async function buildOnce(place: string, build: (draft: string) => Promise<void>): Promise<string> {
  if (existsSync(place)) return place;
  mkdirSync(dirname(place), { recursive: true });
  removeAbandonedDrafts(place);
  const draft = `${place}.draft-${process.pid}`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft);
  try {
    await build(draft);
    if (!existsSync(place)) renameSync(draft, place);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return place;
}

/** Drafts whose builder is gone: a kill or a power cut leaves them. */
function removeAbandonedDrafts(place: string): void {
  const prefix = `${basename(place)}.draft-`;
  for (const name of readdirSync(dirname(place))) {
    const builder = name.startsWith(prefix) ? Number(name.slice(prefix.length)) : Number.NaN;
    if (Number.isInteger(builder) && !existsSync(`/proc/${builder}`)) {
      rmSync(join(dirname(place), name), { recursive: true, force: true });
    }
  }
}
