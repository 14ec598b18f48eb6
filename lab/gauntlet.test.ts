import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { labAllowed } from './world/allowed.ts';

const GAUNTLET = fileURLToPath(new URL('./gauntlet.ts', import.meta.url));

/** Jobs start for two minutes and a half; the last of them may take its time. */
const LIMIT_MS = 420_000;

test('faults drawn afresh are found, proved, mended and told from their twins', { timeout: LIMIT_MS }, async (context) => {
  const allowed = await labAllowed();
  if (!allowed.allowed && process.env['LEADLINE_LAB'] !== 'required') return context.skip(`no lab here: ${allowed.reason}`);
  const child = spawn(process.execPath, ['--no-warnings', GAUNTLET, '--ci'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    process.stdout.write(chunk);
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  assert.equal(code, 0, said.slice(-2000));
});
