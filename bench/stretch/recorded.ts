import { readdirSync, readFileSync } from 'node:fs';
import type { Archive } from '#collect/archive/archive';
import { readArchive } from '#collect/archive/read-archive';
import { smallWorld } from '#testing/small-world';

/** The recorded captures of the lab's healthy nodes, as archives. */
export async function recordedArchives(): Promise<readonly Archive[]> {
  const folder = new URL('../../lab/recorded/vxlan-vtep-mac-stale/healthy/', import.meta.url);
  const { content, files } = smallWorld();
  const archives: Archive[] = [];
  for (const name of readdirSync(folder).sort()) {
    content.set(name, readFileSync(new URL(name, folder)));
    archives.push(await readArchive(name, files));
  }
  return archives;
}
