import { existsSync, writeFileSync } from 'node:fs';

/** What the first three lines of a recorded output tell. */
export type Noted = { readonly command: string; readonly version: string; readonly place: string };

/** Writes a recorded output with its notes; two commands of one name are a bug of the list. */
export function keep(file: string, { command, version, place }: Noted, text: string): void {
  if (existsSync(file)) throw new Error(`two commands of one name: ${file}`);
  writeFileSync(file, `# command: ${command}\n# version: ${version}\n# place: ${place}\n${text}`);
}
