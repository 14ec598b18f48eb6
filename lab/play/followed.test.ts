import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { isBehind } from './followed.ts';

const OBJECTS = '/run/lab/api/objects.json';
const PID = '/run/lab/units/kube-proxy.service.pid';
const READY = '/run/lab/units/kube-proxy.service.ready';
const STATUS = '/proc/41/status';

/** The root of a machine in which these files lie. */
function machine(context: TestContext, files: Readonly<Record<string, string>>) {
  const root = mkdtempSync(join(tmpdir(), 'followed-'));
  context.after(() => rmSync(root, { recursive: true }));
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(root + path), { recursive: true });
    writeFileSync(root + path, text);
  };
  for (const [path, text] of Object.entries(files)) write(path, text);
  return { root, write, version: () => String(statSync(root + OBJECTS).mtimeMs) };
}

const running = { [OBJECTS]: '[]', [PID]: '41\n', [STATUS]: 'Name:\tkube-proxy\nState:\tS (sleeping)\n' };

test('a kube-proxy that runs is behind until it has followed the very objects that are there', (context) => {
  const { root, write, version } = machine(context, running);
  assert.equal(isBehind(root), true);
  write(READY, `${Number(version()) - 1}`);
  assert.equal(isBehind(root), true);
  write(READY, version());
  assert.equal(isBehind(root), false);
});

test('nobody waits for one that stands still, has ended or was never there', (context) => {
  assert.equal(isBehind(machine(context, { ...running, [STATUS]: 'State:\tT (stopped)\n' }).root), false);
  assert.equal(isBehind(machine(context, { [OBJECTS]: '[]', [PID]: '41' }).root), false);
  assert.equal(isBehind(machine(context, { [OBJECTS]: '[]' }).root), false);
});

test('where there are no objects nobody follows them', (context) => {
  assert.equal(isBehind(machine(context, { [PID]: '41', [STATUS]: running[STATUS] ?? '' }).root), false);
});
