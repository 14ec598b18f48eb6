import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { stateSeed } from './state-seed.ts';

test('a state draws the same wherever it lies, and another code something else', () => {
  const folder = mkdtempSync(join(tmpdir(), 'leadline-seed-'));
  try {
    for (const part of ['src/net', 'lab/world', 'docs']) mkdirSync(join(folder, part), { recursive: true });
    const write = (path: string, content: string): string => {
      writeFileSync(join(folder, path), content);
      return stateSeed(folder);
    };
    write('src/net/ip.ts', 'a');
    const first = write('lab/world/world.ts', 'b');
    assert.match(first, /^[0-9a-f]{8}$/);
    assert.equal(write('docs/page.md', 'words'), first);
    const changed = write('src/net/ip.ts', 'another');
    assert.notEqual(changed, first);
    assert.equal(write('src/net/ip.ts', 'a'), first);
    renameSync(join(folder, 'src/net/ip.ts'), join(folder, 'src/net/cidr.ts'));
    assert.notEqual(stateSeed(folder), first);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
