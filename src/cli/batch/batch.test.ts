import assert from 'node:assert/strict';
import test from 'node:test';
import { recordedCaptures, smallWorld } from '#testing/small-world';
import { main } from '../main.ts';
import { VERSION } from '../version.ts';

test('each line is a command line of its own, answered in order with its exit status and both outputs', async () => {
  const world = smallWorld({ answers: ['["--version"]', '["explain","vtep-mac"]', '["diagnose","nowhere"]', '["--version"]'] });
  assert.equal(await main(['batch'], world), 0);
  const answers = world
    .printed()
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  const version = { code: 0, stdout: `${VERSION}\n`, stderr: '' };
  const unknown = { code: 2, stdout: '', stderr: 'leadline: no fault is called "vtep-mac"; did you mean vxlan-vtep-mac-stale?\n' };
  const missing = { code: 1, stdout: '', stderr: 'leadline: nowhere is not there\n' };
  assert.deepEqual(answers, [version, unknown, missing, version]);
  assert.equal(world.noted(), '');
});

test('a line that is no array of texts is answered as a wrong call, and the next one is run', async () => {
  const world = smallWorld({ answers: ['diagnose', '[1]', '{}', '', '["--version"]'] });
  assert.equal(await main(['batch'], world), 0);
  const codes = world
    .printed()
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line).code);
  assert.deepEqual(codes, [2, 2, 2, 2, 0]);
});

test('a command in a batch cannot read the lines of the batch', async () => {
  const world = smallWorld({ answers: ['["batch"]', '["--version"]'] });
  assert.equal(await main(['batch'], world), 0);
  assert.equal(world.printed().trim().split('\n').length, 2);
});

test('what was opened before is answered as by a process of its own, and a file that was written anew is read anew', async () => {
  const world = smallWorld();
  const healthy = await recordedCaptures(world, 'healthy');
  const facts = ['facts', ...healthy, '--steady', '--after', 'vxlan-vtep-mac-stale'];
  const line = (...argv: readonly string[]): string => JSON.stringify([...argv]);
  const lines = async function* (): AsyncGenerator<string> {
    yield line('diagnose', ...healthy);
    yield line('diagnose', ...healthy);
    await recordedCaptures(world, 'broken');
    yield line('diagnose', ...healthy);
    yield line(...facts);
  };
  assert.equal(await main(['batch'], { ...world, lines }), 0);
  const answers = world
    .printed()
    .trim()
    .split('\n')
    .map((text): { readonly code: number; readonly stdout: string } => JSON.parse(text));
  assert.deepEqual(
    answers.map(({ code }) => code),
    [0, 0, 3, 0],
  );
  assert.equal(answers[0]?.stdout, answers[1]?.stdout);
  const apart = smallWorld();
  await recordedCaptures(apart, 'broken');
  assert.equal(await main(facts, apart), 0);
  assert.equal(answers[3]?.stdout, apart.printed());
});
