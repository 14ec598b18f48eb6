import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
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
