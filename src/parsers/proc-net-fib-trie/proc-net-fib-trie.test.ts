import assert from 'node:assert/strict';
import test from 'node:test';
import { recordedText } from '#testing/recorded-tools';
import { formats } from '../formats.ts';
import { recognise } from '../recognise.ts';

test('fib_trie is recognised', () => {
  assert.equal(recognise(recordedText('debian-12', 'cat-proc-net-fib_trie'), formats)?.id, 'proc-net-fib-trie');
});
