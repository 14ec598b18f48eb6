import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { labAllowed } from '../world/allowed.ts';
import { buildWire } from './wire/build.ts';

const CONFORM = fileURLToPath(new URL('../conform.ts', import.meta.url));

/** What was kept is played first. Fewer packets where the time does not suffice. */
const PACKETS = '6000';
const SECONDS = '90';

/**
 * The areas that hold with this draw; it is pinned, because of fresh ones about every tenth scene of conversations with NAT still
 * shows a difference (docs/fidelity.md). Everything is played by hand. LEADLINE_SEED and LEADLINE_AREAS draw others.
 */
const SEED = process.env['LEADLINE_SEED'] ?? 'land2';
const AREAS = process.env['LEADLINE_AREAS'] ?? 'filter,nat,conntrack,nft';
const LIMIT_MS = 300_000;

test('the model does what this kernel does, packet by packet and counter by counter', { timeout: LIMIT_MS }, async (context) => {
  const isRequired = process.env['LEADLINE_LAB'] === 'required';
  const allowed = await labAllowed();
  if (!allowed.allowed && !isRequired) return context.skip(`no lab here: ${allowed.reason}`);
  const wire = await buildWire();
  if (wire.is === 'missing' && !isRequired) return context.skip(`conform: ${wire.reason}`);
  const args = ['--packets', PACKETS, '--seconds', SECONDS, '--shrink', '0', '--seed', SEED, '--area', AREAS];
  const child = spawn(process.execPath, ['--no-warnings', CONFORM, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    process.stdout.write(chunk);
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  assert.equal(code, 0, said.slice(-3000));
});
