import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { labAllowed } from '../world/allowed.ts';
import { buildWire } from './wire/build.ts';

const CONFORM = fileURLToPath(new URL('../conform.ts', import.meta.url));

/** What was kept is played first. Fewer packets where the time does not suffice. */
const PACKETS = '2400';
const SECONDS = '150';

/**
 * The areas that hold, with a pinned draw: fresh ones still disagree now and then, most of all in bridge, vxlan, conntrack and nat
 * (docs/fidelity.md), and are played by hand until they do not. LEADLINE_SEED and LEADLINE_AREAS draw others.
 */
const SEED = process.env['LEADLINE_SEED'] ?? 'land1';
const AREAS = process.env['LEADLINE_AREAS'] ?? 'filter,route,nft,services';
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
