import assert from 'node:assert/strict';
import test from 'node:test';
import { parseText } from '#testing/parse-text';
import { byKey, parseRecorded } from '#testing/recorded-tools';
import bridgeFdb from './bridge-fdb.ts';

test('a listing of one device takes its name from the command, and is a part', () => {
  const parsed = parseRecorded(bridgeFdb, 'debian-12', 'bridge-fdb-show-dev-flannel.1');
  const entries = byKey(parsed, 'fdb', ({ mac }) => mac);
  assert.equal(entries.get('3e:fa:4c:7e:35:e8' as never)?.dev, 'flannel.1');
  assert.deepEqual(parsed.readings[0]?.covers, []);
  assert.equal(parseRecorded(bridgeFdb, 'debian-12', 'bridge-fdb-show').readings[0]?.covers, true);
});

test('lines that are no entries are problems', () => {
  assert.deepEqual(
    parseText(bridgeFdb, 'hello\n02:00:00:00:00:01 self permanent\n').problems.map(({ line }) => line),
    [1, 2],
  );
});
