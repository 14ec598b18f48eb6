import assert from 'node:assert/strict';
import test from 'node:test';
import { recordedCaptures, smallWorld } from '#testing/small-world';
import { commands } from './commands.ts';
import { main } from './main.ts';
import { nodeWorld } from './node-world.ts';
import { VERSION } from './version.ts';

test('help and version are answers, a call without a command is not', async () => {
  const world = smallWorld();
  assert.equal(await main(['--version'], world), 0);
  assert.equal(world.printed(), `${VERSION}\n`);
  assert.equal(await main(['--help'], world), 0);
  for (const { name } of commands) assert.match(world.printed(), new RegExp(`^ {2}${name} `, 'm'));
  assert.equal(await main([], smallWorld()), 2);
  const plugin = smallWorld();
  await main(['--help'], plugin, 'kubectl-leadline');
  assert.match(plugin.printed(), /^Usage: kubectl leadline/);
});

test('the list of commands fits a terminal of 80 columns', async () => {
  const world = smallWorld();
  await main(['--help'], world);
  assert.deepEqual(
    world
      .printed()
      .split('\n')
      .filter((line) => line.length > 80),
    [],
  );
});

test('a bug is shown with its stack and exit 1, and asks to be reported', async () => {
  const world = smallWorld();
  const files = { ...world.files, exists: () => Promise.reject(new TypeError('planted')) };
  assert.equal(await main(['diagnose', 'x'], { ...world, files }), 1);
  assert.match(world.noted(), /a fault of Leadline itself, please report it:\nTypeError: planted\n +at /);
});

test('explain prints the page of a fault; a near name is told', async () => {
  const world = smallWorld();
  assert.equal(await main(['explain', 'vxlan-vtep-mac-stale'], { ...world, files: nodeWorld().files }), 0);
  assert.match(world.printed(), /## How it is found/);
  assert.equal(await main(['explain', 'vtep-mac'], world), 2);
  assert.match(world.noted(), /no fault is called "vtep-mac"; did you mean vxlan-vtep-mac-stale\?/);
});

test('explain tells what rules may hold that the walk does not follow', async () => {
  const world = smallWorld();
  assert.equal(await main(['explain', '--unmodelled', '-o', 'json'], world), 0);
  const told: readonly { readonly construct: string; readonly reason: string }[] = JSON.parse(world.printed());
  assert.match(told.find(({ construct }) => construct === '-j HMARK')?.reason ?? '', /hash/);
  assert.equal(await main(['explain'], smallWorld()), 2);
});

test('facts as they would be once a finding is mended differ where its plan edits', async () => {
  const lines = async (...args: readonly string[]): Promise<readonly string[]> => {
    const world = smallWorld();
    const paths = await recordedCaptures(world, 'broken');
    assert.equal(await main(['facts', ...paths, '--steady', ...args], world), 0, world.noted());
    return world.printed().split('\n');
  };
  const now = new Set(await lines());
  const changed = (await lines('--after', 'vxlan-vtep-mac-stale')).filter((line) => !now.has(line));
  assert.ok(changed.some((line) => line.startsWith('{"kind":"lease"')));
  assert.deepEqual([...new Set(changed.map((line) => /^\{"kind":"(\w+)"/.exec(line)?.[1]))].sort(), ['lease', 'neighbour']);
});

test('facts after a fault that nobody knows, or that is not there', async () => {
  const world = smallWorld();
  const paths = await recordedCaptures(world, 'healthy');
  assert.equal(await main(['facts', ...paths, '--after', 'nonsense'], world), 2);
  assert.match(world.noted(), /no fault is called "nonsense"/);
  assert.equal(await main(['facts', ...paths, '--after', 'ip-forward-off'], world), 1);
  assert.match(world.noted(), /ip-forward-off is not found in these captures/);
});

test('probe takes an address and a port; what is neither is a wrong call', async () => {
  const world = smallWorld();
  for (const target of ['nonsense', '10.0.0.1:99999', '10.0.0.1:0', '']) assert.equal(await main(['probe', target], world), 2, target);
  assert.equal(await main(['probe', '127.0.0.1:1', '--timeout', 'x'], world), 2);
  assert.match(world.noted(), /--timeout takes a number/);
  assert.equal(await main(['probe', '127.0.0.1:1'], world), 0, 'a refusal is an answer');
  const two = smallWorld();
  assert.equal(await main(['probe', '127.0.0.1:1', '127.0.0.1:2'], two), 0);
  assert.equal(two.printed(), 'refused\nrefused\n');
  assert.equal(world.printed(), 'refused\n');
});
