import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { residentOutside } from '../product.ts';
import type { Query } from './draw.ts';

/** The product, started once. */
export type Run = ReturnType<typeof residentOutside>['run'];

const LIMIT_MS = 60_000;
const LETTERS: Readonly<Record<string, string>> = { yes: '1', no: '0', unknown: '?', partly: '~' };

/** Writes objects as kubectl prints them, by resource, and asks the product as its users do: a letter for each query. */
export async function productSays(
  lists: Readonly<Record<string, readonly object[]>>,
  queries: readonly Query[],
  folder: string,
  run: Run,
): Promise<readonly string[]> {
  mkdirSync(join(folder, 'objects'), { recursive: true });
  for (const [resource, items] of Object.entries(lists)) {
    const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, 1);
    writeFileSync(join(folder, 'objects', `${resource}.txt`), `$ kubectl get ${resource} -A -o json\n${text}\n`);
  }
  const pairs = queries.map(([from, to, proto, port], id) => JSON.stringify({ id, from, to, proto: proto.toLowerCase(), port }));
  writeFileSync(join(folder, 'pairs'), pairs.join('\n'));
  const out = join(folder, 'snapshot.tar');
  const imported = await run(['import', join(folder, 'objects'), '--out', out], LIMIT_MS);
  if (imported.code !== 0) throw new Error(imported.stderr);
  const { code, stdout, stderr } = await run(['reach', out, '--by', 'policy', '--pairs', join(folder, 'pairs')], LIMIT_MS);
  if (code !== 0) throw new Error(stderr);
  rmSync(folder, { recursive: true, force: true });
  return stdout.trim().split('\n').map(letterOf);
}

function letterOf(line: string): string {
  const { verdict, error } = JSON.parse(line) as { readonly verdict?: string; readonly error?: string };
  if (error !== undefined) throw new Error(error);
  return LETTERS[verdict ?? ''] ?? '';
}
