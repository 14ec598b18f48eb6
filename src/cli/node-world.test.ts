import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { main } from './main.ts';
import { nodeWorld } from './node-world.ts';

test('a file that is written anew keeps who may read it, and leaves no part beside it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'leadline-files-'));
  try {
    const [path, { files }] = [join(folder, 'secret.conf'), nodeWorld()];
    writeFileSync(path, 'old');
    chmodSync(path, 0o660);
    await files.write(path, 'new');
    assert.equal((await files.read(path)).toString(), 'new');
    assert.equal(statSync(path).mode & 0o777, 0o660);
    await files.write(path, 'private', 0o600);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(folder), ['secret.conf']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a file that cannot be written or read is named with the words of the system, and leaves no part', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'leadline-files-'));
  try {
    const { files } = nodeWorld();
    mkdirSync(join(folder, 'taken'));
    await assert.rejects(files.write(join(folder, 'taken'), 'text'), /taken cannot be written: /);
    assert.deepEqual(readdirSync(folder), ['taken']);
    await assert.rejects(files.read(join(folder, 'nothing')), { message: `${folder}/nothing cannot be read: no such file or directory` });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a command whose file cannot be written ends in one line without a stack', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'leadline-files-'));
  try {
    const noted: string[] = [];
    const world = { ...nodeWorld(), print: () => {}, note: (text: string) => void noted.push(text) };
    const recorded = fileURLToPath(new URL('../../lab/recorded/vxlan-vtep-mac-stale/healthy/A.tar.gz', import.meta.url));
    const out = join(folder, 'taken.tar.gz');
    mkdirSync(out);
    assert.equal(await main(['merge', recorded, '--out', out], world), 1);
    assert.deepEqual(noted, [`leadline: ${out} cannot be written: illegal operation on a directory`]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
