import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Then the number of the process whose folder it is. */
const NAME = 'leadline-gauntlet-';
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const remove = (path: string): void => rmSync(path, { recursive: true, force: true, maxRetries: 3 });

/** What was left behind by a process that was killed. */
function leftBehind(): readonly string[] {
  const own = (name: string): boolean => name.startsWith(NAME);
  const lives = (name: string): boolean => existsSync(`/proc/${/^\d+/.exec(name.slice(NAME.length))?.[0] ?? 'self'}`);
  return readdirSync(tmpdir())
    .filter((name) => own(name) && !lives(name))
    .map((name) => join(tmpdir(), name));
}

/** A folder that labs and what stands beside them both see; it goes with this process, or with the next one when this is killed. */
export function folderOfRun(): string {
  leftBehind().forEach(remove);
  const folder = mkdtempSync(join(tmpdir(), `${NAME}${process.pid}-`));
  process.once('exit', () => remove(folder));
  for (const signal of SIGNALS) process.once(signal, () => process.exit(1));
  return folder;
}
