import { createHash } from 'node:crypto';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Scene } from './draw/scene.ts';

const FOLDER = join(import.meta.dirname, 'kept');

/** A scene on which kernel and model once did not agree, as small as it could be made. */
export type Kept = { readonly found: readonly string[]; readonly kernel: string; readonly scene: Scene };

/** All kept scenes by name; they are played first, for ever. */
export const keptScenes = (): readonly (Kept & { readonly name: string })[] =>
  globSync('*.json', { cwd: FOLDER })
    .sort()
    .map((file) => ({ name: file.replace('.json', ''), ...(JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Kept) }));

/** Keeps a scene under a name made from what it is. */
export function keep(kept: Kept): string {
  const { area, rules } = kept.scene;
  const words = [...new Set(rules.flatMap(({ by }) => by.map((id) => id.split('/')[1] ?? id)))].slice(0, 3);
  const hash = createHash('sha256').update(JSON.stringify(kept.scene)).digest('hex').slice(0, 6);
  const name = [area, ...words, hash].join('-');
  writeFileSync(join(FOLDER, `${name}.json`), `${JSON.stringify(kept, null, 1)}\n`);
  return name;
}
