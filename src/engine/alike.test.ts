import assert from 'node:assert/strict';
import test from 'node:test';
import { alike } from './alike.ts';

test('names that are a few letters apart are alike, short ones and others are not', () => {
  assert.deepEqual(
    [
      ['webb', 'web'],
      ['frontend', 'front-end'],
      ['app', 'web'],
      ['nightly-import', 'web'],
      ['http', 'https'],
      ['a', 'b'],
    ].map(([one = '', other = '']) => alike(one, other)),
    [true, true, false, false, true, false],
  );
});
