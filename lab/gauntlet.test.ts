import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { labAllowed } from './world/allowed.ts';

const GAUNTLET = fileURLToPath(new URL('./gauntlet.ts', import.meta.url));

/** Drawn afresh each time; the gauntlet prints it, and LEADLINE_SEED draws the same again. */
const SEED = process.env['LEADLINE_SEED'] ?? randomBytes(4).toString('hex');

/** Jobs start for less than three minutes; the last of them may take their time. */
const LIMIT_MS = 420_000;

test('faults are found, proved, mended and told from their twins, alone and in pairs', { timeout: LIMIT_MS }, async (context) => {
  const allowed = await labAllowed();
  if (!allowed.allowed && process.env['LEADLINE_LAB'] !== 'required') return context.skip(`no lab here: ${allowed.reason}`);
  const child = spawn(process.execPath, ['--no-warnings', GAUNTLET, '--ci', '--seed', SEED], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    process.stdout.write(chunk);
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  assert.equal(code, 0, said.slice(-2000));
});
