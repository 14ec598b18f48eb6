import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { labAllowed } from '../../world/allowed.ts';
import { run } from '../../world/command.ts';
import { lookUpKubernetes } from '../program.ts';

const PROVE = fileURLToPath(new URL('services.prove.ts', import.meta.url));

/** Why the rules of the real kube-proxy cannot be judged here. */
async function lack(): Promise<string | undefined> {
  const [allowed, kubernetes] = [await labAllowed(), lookUpKubernetes()];
  if (!allowed.allowed) return allowed.reason;
  return kubernetes.is === 'missing' ? kubernetes.reason : undefined;
}

test('the rules of the real kube-proxy, in iptables and in nftables mode, do what the model says, packet by packet', {
  timeout: 400_000,
}, async (context) => {
  const reason = await lack();
  if (reason !== undefined) {
    assert.notEqual(process.env['LEADLINE_LAB'], 'required', reason);
    context.skip(reason);
    return;
  }
  // drawn afresh: a seed that fails is printed, and plays the same again by hand
  const { code, stdout, stderr } = await run(process.execPath, ['--no-warnings', PROVE], { timeoutMs: 380_000, env: process.env });
  context.diagnostic(stdout.trim().split('\n').at(-1) ?? '');
  assert.equal(code, 0, stdout + stderr);
});
