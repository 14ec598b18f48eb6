import assert from 'node:assert/strict';
import test from 'node:test';
import type { World } from '#world/world';
import { smallWorld } from '#testing/small-world';
import { onNode } from '#snapshot/scope';
import perform from './perform.ts';
import action, { annotateNode } from './preview.ts';

const NAME = 'flannel.alpha.coreos.com/backend-data';
const [OLD, TRUE] = ['{"VNI":1,"VtepMAC":"02:de:ad:00:41:01"}', '{"VNI":1,"VtepMAC":"86:5d:92:b8:94:e1"}'];

/** A Node object in memory, and a kubectl that gets and annotates it. */
function api(annotations: Record<string, string>) {
  const ran: string[][] = [];
  const told = (stdout: string) => ({ code: 0, stdout: Buffer.from(stdout), stderr: '', timedOut: false });
  const run: World['run'] = async (argv) => {
    ran.push([...argv]);
    if (argv[1] === 'get') return told(JSON.stringify({ kind: 'Node', metadata: { name: argv[3], annotations } }));
    for (const word of argv.slice(5)) {
      const at = word.indexOf('=');
      if (at < 0) delete annotations[word.slice(0, -1)];
      else annotations[word.slice(0, at)] = word.slice(at + 1);
    }
    return told('node/D annotated');
  };
  const world: World = { ...smallWorld(), run };
  return { world, ran };
}

const annotate = annotateNode(onNode('A'), { node: 'D', was: { [NAME]: OLD }, to: { [NAME]: TRUE } });

test('the command is what a person would type', () => {
  assert.equal(action.command(annotate), `kubectl annotate node D --overwrite '${NAME}=${TRUE}'`);
});

test('a Node is annotated, looked at, and set back', async () => {
  const annotations = { [NAME]: OLD, other: 'stays' };
  const { world } = api(annotations);
  const undo = await perform.prepare(annotate, world);
  await perform.perform(annotate, world);
  assert.deepEqual(annotations, { [NAME]: TRUE, other: 'stays' });
  await perform.undo(annotate, undo, world);
  assert.deepEqual(annotations, { [NAME]: OLD, other: 'stays' });
});

test('what had no annotation has none again', async () => {
  const annotations: Record<string, string> = {};
  const { world } = api(annotations);
  const fresh = annotateNode(onNode('A'), { node: 'D', was: { [NAME]: null }, to: { [NAME]: TRUE } });
  const undo = await perform.prepare(fresh, world);
  await perform.perform(fresh, world);
  await perform.undo(fresh, JSON.parse(JSON.stringify(undo)), world);
  assert.deepEqual(annotations, {});
});

test('what is no longer as it was captured is left alone', async () => {
  const { world, ran } = api({ [NAME]: '{"VNI":1,"VtepMAC":"02:00:00:00:00:09"}' });
  await assert.rejects(perform.perform(annotate, world), /is no longer what was captured: .*02:00:00:00:00:09/);
  assert.ok(ran.every(([, verb]) => verb === 'get'));
});
