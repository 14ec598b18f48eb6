import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Disagreement } from '../job.ts';

/** A difference that is understood and not modelled: what it looks like exactly, and the kernel's source that makes it. */
export type Explained = { readonly pattern: string; readonly source: string; readonly says: string };

const FOLDER = join(import.meta.dirname, '../explained');

/** All entries, by the name of their file. */
export const explanations = (): readonly (Explained & { readonly id: string })[] =>
  globSync('*.json', { cwd: FOLDER })
    .sort()
    .map((file) => ({ id: file.replace('.json', ''), ...(JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Explained) }));

let known: readonly RegExp[] | undefined;

/** Parts disagreements into those that an entry explains and those that are left. */
export function explain(disagreements: readonly Disagreement[]): { readonly left: readonly Disagreement[]; readonly explained: number } {
  known ??= explanations().map(({ pattern }) => new RegExp(pattern));
  const patterns = known;
  const left = disagreements.filter(({ says }) => !patterns.some((pattern) => pattern.test(says)));
  return { left, explained: disagreements.length - left.length };
}
