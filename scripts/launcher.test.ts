import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'node:test';

/** A clone on a Node that reads no TypeScript, with these files in it. */
function started(files: Readonly<Record<string, string>>): { readonly status: number | null; readonly said: string } {
  const folder = mkdtempSync(join(tmpdir(), 'leadline-launcher-'));
  try {
    cpSync('bin', join(folder, 'bin'), { recursive: true });
    for (const [path, text] of Object.entries({ 'package.json': '{"type":"module"}', 'src/cli/entry.ts': '', ...files })) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text, { mode: 0o755 });
    }
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--no-experimental-strip-types', 'bin/leadline.js', 'a b'], {
      cwd: folder,
      encoding: 'utf8',
    });
    return { status, said: stdout + stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const OWN = `node_modules/node-linux-${process.arch}/bin/node`;
const BUNDLE = { 'dist/leadline.js': 'console.log("bundle", process.argv[2]);' };

test('an old Node starts the one that the project brings, else the bundle, and says what it needs where there is neither', () => {
  const own = '#!/bin/sh\n[ "$1" = --version ] || echo "own $2"\n';
  assert.deepEqual(started({ [OWN]: own, ...BUNDLE }), { status: 0, said: 'own a b\n' });
  assert.deepEqual(started(BUNDLE), { status: 0, said: 'bundle a b\n' });
  assert.deepEqual(started({ [OWN]: '#!/nothing/here\n', ...BUNDLE }), { status: 0, said: 'bundle a b\n' }, 'of another libc');
  const { status, said } = started({});
  assert.equal(status, 1);
  assert.match(said, /need Node 22\.18 or newer, and this is v\d.* `npm ci` brings one/);
});
