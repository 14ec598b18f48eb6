import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { labAllowed } from './world/allowed.ts';

const GAUNTLET = fileURLToPath(new URL('./gauntlet.ts', import.meta.url));

/**
 * Every fault with a twin, pairs and removals, as much of it as starts in its time. The draw is pinned to one that held when it was
 * fresh, as long as a fresh one fails now and then (docs/lab-notes/gauntlet.md). LEADLINE_GAUNTLET=fresh draws one that nobody has seen;
 * what fails is kept, and played each time from then on. LEADLINE_SEED draws that seed.
 */
const { LEADLINE_SEED: named, LEADLINE_GAUNTLET: which } = process.env;
const PINNED = ['--seed', 'ga7'];
const fresh = (): readonly string[] => ['--keep', ...(named === undefined ? [] : ['--seed', named])];
const SECONDS = '160';
const ARGUMENTS = ['--ci', '--seconds', SECONDS, ...(which === 'fresh' || named !== undefined ? fresh() : PINNED)];

/** Jobs start for less than three minutes; the last of them may take their time. */
const LIMIT_MS = 420_000;

test('faults are found, proved, mended and told from their twins', { timeout: LIMIT_MS }, async (context) => {
  const allowed = await labAllowed();
  if (!allowed.allowed && process.env['LEADLINE_LAB'] !== 'required') return context.skip(`no lab here: ${allowed.reason}`);
  const child = spawn(process.execPath, ['--no-warnings', GAUNTLET, ...ARGUMENTS], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    process.stdout.write(chunk);
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  assert.equal(code, 0, said.slice(-2000));
});
