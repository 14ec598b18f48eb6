import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { labAllowed } from './world/allowed.ts';

const GAUNTLET = fileURLToPath(new URL('./gauntlet.ts', import.meta.url));

/**
 * A pinned draw: fresh ones still fail now and then in pairs of faults (docs/lab-notes/gauntlet.md), which are played by hand
 * until they hold. LEADLINE_SEED draws another.
 */
const SEED = process.env['LEADLINE_SEED'] ?? 'a1';

/** The faults that held on every judge, the preview's square and the kernel's trace included; the others are played by hand. */
const HOLD = [
  'vxlan-vtep-mac-stale',
  'service-endpoint-dead',
  'forward-policy-drop',
  'pod-default-route-missing',
  'vxlan-port-mismatch',
  'node-unreachable',
  'default-route-missing',
  'pod-route-missing',
  'vxlan-device-down',
  'flannel-lease-dead-machine',
  'route-wrong-next-hop',
  'connection-half-open',
];

/** Jobs start for two minutes and a half; the last of them may take its time. */
const LIMIT_MS = 420_000;

test('faults are found, proved, mended and told from their twins', { timeout: LIMIT_MS }, async (context) => {
  const allowed = await labAllowed();
  if (!allowed.allowed && process.env['LEADLINE_LAB'] !== 'required') return context.skip(`no lab here: ${allowed.reason}`);
  const child = spawn(
    process.execPath,
    ['--no-warnings', GAUNTLET, '--ci', '--seed', SEED, '--only', HOLD.join(), '--removals', '12', '--healthy', '2'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    process.stdout.write(chunk);
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  assert.equal(code, 0, said.slice(-2000));
});
