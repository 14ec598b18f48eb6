import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { labAllowed } from './world/allowed.ts';

const GAUNTLET = fileURLToPath(new URL('./gauntlet.ts', import.meta.url));

/**
 * A pinned draw of faults with a twin each, pairs and removals, as much of it as fits: fresh draws still fail now and then
 * (docs/lab-notes/gauntlet.md). LEADLINE_SEED draws another. LEADLINE_GAUNTLET=all draws afresh and plays longer, every fault
 * before the pairs; what fails is kept and played again from then on.
 */
const SEED = process.env['LEADLINE_SEED'];
const PINNED = '0c16ea20';
const SECONDS = '110';
const seeded = (seed: string | undefined): readonly string[] => (seed === undefined ? [] : ['--seed', seed]);
const ARGUMENTS =
  process.env['LEADLINE_GAUNTLET'] === 'all'
    ? ['--ci', '--keep', ...seeded(SEED)]
    : ['--ci', '--seconds', SECONDS, ...seeded(SEED ?? PINNED)];

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
