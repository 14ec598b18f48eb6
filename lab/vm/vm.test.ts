import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { buildGuest } from './guest.ts';
import { kernels } from './kernels.ts';

const CONFORM = fileURLToPath(new URL('../conform.ts', import.meta.url));
const PACKETS = '2000';
/** A pinned draw; LEADLINE_SEED draws another. */
const SEED = process.env['LEADLINE_SEED'] ?? 'guest1';
const LIMIT_MS = 600_000;

test('the model does what the kernel of Debian 12 does where this one lacks the modules', { timeout: LIMIT_MS }, async (context) => {
  const [kernel] = kernels;
  if (kernel === undefined) throw new Error('no kernel is listed');
  const guest = await buildGuest(kernel);
  if (guest.is === 'missing') return context.skip(`${kernel.name}: ${guest.reason}`);
  const args = ['--kernel', kernel.name, '--packets', PACKETS, '--shrink', '0', '--seed', SEED];
  const child = spawn(process.execPath, ['--no-warnings', CONFORM, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    process.stdout.write(chunk);
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  assert.equal(code, 0, said.slice(-3000));
});
