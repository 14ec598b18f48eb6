import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { labAllowed } from './allowed.ts';
import { COMPONENTS_VARIABLE, realPrograms } from './components.ts';

const TELL = fileURLToPath(new URL('../testing/tell-states.ts', import.meta.url));

/** What every node looks like after each step of a flannel's life. */
async function states(components: string): Promise<Readonly<Record<string, unknown>>> {
  const env = { ...process.env, [COMPONENTS_VARIABLE]: components };
  const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', TELL], {
    env,
    timeout: 170_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  const told: Readonly<Record<string, unknown>> = JSON.parse(stdout);
  return told;
}

test('etcd and flanneld behave as their stand-ins do, step by step', { timeout: 200_000 }, async (context) => {
  const [allowed, real] = [await labAllowed(), realPrograms()];
  const reason = !allowed.allowed ? allowed.reason : 'missing' in real ? real.missing : undefined;
  if (reason !== undefined) {
    assert.notEqual(process.env['LEADLINE_LAB'], 'required', `the lab is required: ${reason}`);
    return context.skip(reason);
  }
  const [played, true_] = await Promise.all([states('stand-in'), states('real')]);
  for (const step of Object.keys(true_)) assert.deepEqual(played[step], true_[step], step);
});
