import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { labAllowed } from '../world/allowed.ts';
import { run } from '../world/command.ts';
import { realPrograms } from '../world/components.ts';

const START = join(import.meta.dirname, '../../bin/start.js');
/** The main story, and one in which flanneld's device is deleted under it: every story of the list plays with the real ones. */
const STORIES = ['vxlan-vtep-mac-stale', 'vxlan-device-missing'];

test('with the real etcd and flanneld: found in the real dump, proved, mended by the plan, packets flow', {
  timeout: 400_000,
}, async (context) => {
  const [allowed, real] = [await labAllowed(), realPrograms()];
  const reason = allowed.allowed ? ('missing' in real ? real.missing : undefined) : allowed.reason;
  if (reason !== undefined) {
    assert.notEqual(process.env['LEADLINE_LAB'], 'required', reason);
    context.skip(reason);
    return;
  }
  const env = { ...process.env };
  const played = STORIES.map((fault) => run(process.execPath, [START, fault, '--real'], { timeoutMs: 380_000, env }));
  for (const [at, { code, stdout, stderr }] of (await Promise.all(played)).entries()) {
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /Real: [^\n]*etcd[^\n]*flanneld/);
    assert.match(stdout, new RegExp(`the cause is first and proved: ${STORIES[at]}`));
    assert.match(stdout, /All as it must be/);
  }
});
