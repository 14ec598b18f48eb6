import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What decides what is found: the product's code and the lab's. */
const CODE = '{lab,src}/**/*.{ts,go,bt}';

/**
 * The seed of the state that is tested: the first digits of its code's hash. So each state draws what nobody chose, and whoever has it,
 * with its history or without, draws the same again; what changes words alone changes no draw.
 */
export function stateSeed(folder: string = ROOT): string {
  const hash = createHash('sha256');
  for (const path of globSync(CODE, { cwd: folder }).sort())
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(folder, path)))
      .update('\0');
  return hash.digest('hex').slice(0, 8);
}
