import { homedir } from 'node:os';
import { join } from 'node:path';

/** The folder outside the repository where the lab keeps what is slow to build; nothing may assume that it exists. */
export function cachePlace(env: Readonly<Record<string, string | undefined>> = process.env): string {
  return env.LEADLINE_CACHE ?? join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'leadline');
}
