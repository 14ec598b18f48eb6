import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { nodeWorld } from '#cli/node-world';
import { gather } from '../import/gather.ts';
import { importPiles } from '../import/import.ts';
import { formOfName, packingOf } from './packing.ts';
import { readArchive } from './read-archive.ts';

test('a name is written as what it promises, or not at all', () => {
  const forms = ['a.tar.gz', 'A.TGZ', 'a.tar', 'a', 'node-7.example.org', 'a.zip/'].map((path) => formOfName(path).is);
  assert.deepEqual(forms, ['tar.gz', 'tar.gz', 'tar', 'folder', 'folder', 'folder']);
  for (const [path, instead] of [
    ['a.zip', 'a.tar.gz'],
    ['out/a.tar.xz', 'out/a.tar.gz'],
    ['a.tzst', 'a.tar.gz'],
    ['a.tar.bz2', 'a.tar.gz'],
    ['a.json', 'a.tar.gz'],
    ['a.gz', 'a.tar.gz'],
  ] as const) {
    const form = formOfName(path);
    assert.deepEqual([form.is, form.is === 'not written' && form.instead], ['not written', instead], path);
  }
});

// The first bytes of what Python 3.11's zipfile, xz 5.4.1, bzip2 1.0.8, zstd 1.5.4 and lz4 1.9.4 made of one line of text.
const PACKED = {
  zip: '504b030414000000000022bb',
  xz: 'fd377a585a000004e6d6b446',
  bzip2: '425a6839314159265359d568',
  zstd: '28b52ffd241ff90000646566',
  lz4: '04224d186440a71f00008064',
};

test('what is packed otherwise is said to be so, wherever it is handed in', async () => {
  const { files } = nodeWorld();
  const folder = mkdtempSync(join(tmpdir(), 'leadline-packing-'));
  try {
    for (const [name, bytes] of Object.entries(PACKED)) {
      const content = Buffer.concat([Buffer.from(bytes, 'hex'), Buffer.from('default via 192.0.2.1 dev eth0\n')]);
      assert.equal(packingOf(content), name);
      const path = join(folder, `capture.${name}`);
      writeFileSync(path, content);
      const says = new RegExp(`capture\\.${name} is packed as ${name}, which is not read: unpack it first`);
      await assert.rejects(readArchive(path, files), says);
      await assert.rejects(gather(path, files), says);
    }
    assert.equal(packingOf(Buffer.from('BZh is how a bzip2 file begins\n')), undefined);
    writeFileSync(join(folder, 'routes.txt'), 'default via 192.0.2.1 dev eth0\n');
    const { archive, ignored } = importPiles([await gather(folder, files)], 'A', '1');
    assert.equal(archive.index.entries.length, 1);
    assert.deepEqual(ignored.map(({ why }) => why.split(',')[0]).sort(), [
      'is packed as bzip2',
      'is packed as lz4',
      'is packed as xz',
      'is packed as zip',
      'is packed as zstd',
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
