import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Job } from './job.ts';

const FILE = fileURLToPath(new URL('../regressions.json', import.meta.url));

/** Jobs that failed once: they are played first, for ever. */
export function regressions(): readonly Job[] {
  if (!existsSync(FILE)) return [];
  const jobs: readonly Job[] = JSON.parse(readFileSync(FILE, 'utf8')); // written below
  return jobs;
}

/** Keeps jobs that failed now, each once. */
export function keepRegressions(failed: readonly Job[]): void {
  const texts = new Set([...regressions(), ...failed].map((job) => JSON.stringify(job)));
  writeFileSync(
    FILE,
    `${JSON.stringify(
      [...texts].map((text): unknown => JSON.parse(text)),
      null,
      2,
    )}\n`,
  );
}
