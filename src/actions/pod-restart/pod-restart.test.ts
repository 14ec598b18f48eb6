import assert from 'node:assert/strict';
import test from 'node:test';
import { onNode } from '#snapshot/scope';
import { smallWorld } from '#testing/small-world';
import type { World } from '#world/world';
import perform from './perform.ts';
import action, { restartPod } from './preview.ts';

const restart = restartPod(onNode('A'), { namespace: 'kube-flannel', name: 'kube-flannel-ds-x7k2p' }, 'D');
const pod = (name: string, status: string) => ({ metadata: { name }, status: { conditions: [{ type: 'Ready', status }] } });

/** An API that shows other pods on the node each time it is asked. */
function showing(...turns: readonly (readonly unknown[])[]) {
  const ran: string[] = [];
  let turn = 0;
  const run: World['run'] = async (argv) => {
    ran.push(argv.join(' '));
    const items = argv.includes('get') ? (turns[Math.min(turn++, turns.length - 1)] ?? []) : [];
    return { code: 0, stdout: Buffer.from(JSON.stringify({ items })), stderr: '', timedOut: false };
  };
  const world: World = { ...smallWorld(), run };
  return { world, ran };
}

test('the command is what a person would type', () => {
  assert.equal(action.command(restart), 'kubectl -n kube-flannel delete pod kube-flannel-ds-x7k2p');
});

test('it is done once another pod of the same controller is ready there', async () => {
  const other = pod('kube-proxy-abcde', 'True');
  const { world, ran } = showing(
    [pod('kube-flannel-ds-x7k2p', 'True'), other],
    [pod('kube-flannel-ds-99aaa', 'False'), other],
    [pod('kube-flannel-ds-99aaa', 'True'), other],
  );
  await perform.perform(restart, world);
  assert.deepEqual(ran, [
    'kubectl -n kube-flannel delete pod kube-flannel-ds-x7k2p',
    ...Array.from({ length: 3 }, () => 'kubectl -n kube-flannel get pods --field-selector spec.nodeName=D -o json'),
  ]);
});

test('a pod that does not come back is an error', async () => {
  await assert.rejects(perform.perform(restart, showing([]).world), /no pod like kube-flannel\/kube-flannel-ds-x7k2p is ready on D/);
});
