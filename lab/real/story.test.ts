import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { labAllowed } from '../world/allowed.ts';
import { realPrograms } from '../world/components.ts';

const START = join(import.meta.dirname, '../../bin/start.js');

test('with the real etcd and flanneld: found in the real dump, proved, mended by the plan, packets flow', {
  timeout: 180_000,
}, async (context) => {
  const [allowed, real] = [await labAllowed(), realPrograms()];
  const reason = allowed.allowed ? ('missing' in real ? real.missing : undefined) : allowed.reason;
  if (reason !== undefined) {
    assert.notEqual(process.env['LEADLINE_LAB'], 'required', reason);
    context.skip(reason);
    return;
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, [START, '--real'], { encoding: 'utf8', timeout: 170_000 });
  assert.equal(status, 0, stdout + stderr);
  assert.match(stdout, /Real: [^\n]*etcd[^\n]*flanneld/);
  assert.match(stdout, /the cause is first and proved: vxlan-vtep-mac-stale/);
  assert.match(stdout, /All as it must be/);
});
