import { fileURLToPath } from 'node:url';
import type { World } from '#world/world';
import { entryOf } from '#net/entry';

declare const LEADLINE_PAGES: Readonly<Record<string, string>> | undefined;

/** The page of a fault: out of the bundle, or from its folder when run from the sources. */
export async function pageOf(id: string, world: World): Promise<string> {
  const bundled = typeof LEADLINE_PAGES === 'undefined' ? undefined : entryOf(LEADLINE_PAGES, id);
  if (bundled !== undefined) return bundled;
  return (await world.files.read(fileURLToPath(new URL(`../faults/${id}/README.md`, import.meta.url)))).toString('utf8');
}
