import assert from 'node:assert/strict';
import test from 'node:test';
import { pathPart } from './entry-name.ts';

test('one part of a path holds letters of every script, no separator, and no more bytes than file systems take', () => {
  assert.equal(pathPart('节点 甲/d.txt'), '节点_甲_d.txt');
  assert.equal(pathPart('e\u0301te'), 'éte', 'as macOS writes names, and as others do: one name');
  assert.equal(pathPart('../../\u202egnp.exe\u0000'), '__.._gnp.exe_');
  for (const text of ['a'.repeat(300), '节'.repeat(300), '𠀀'.repeat(300)])
    assert.ok(Buffer.byteLength(pathPart(text)) <= 255 - '~99999.json'.length);
});
