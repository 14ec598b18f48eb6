import assert from 'node:assert/strict';
import test from 'node:test';
import { noQuotes } from '#report/quote';
import { smallWorld } from '#testing/small-world';
import { cluster } from '#testing/world-builder';
import { answerPairs } from './pairs.ts';

test('a line of pairs that cannot be read is named by its number', async () => {
  const world = smallWorld();
  const lines = ['{"id":1,"from":"default/web-a","to":"default/web-d"}', '', 'nonsense', '{"id":4,"from":"default/web-a"}'];
  world.content.set('pairs', Buffer.from(lines.join('\n')));
  await answerPairs('pairs', cluster().facts, 'path', noQuotes, world);
  const answers = world
    .printed()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    answers.map(({ id, error }) => [id, error]),
    [
      [1, undefined],
      [null, 'line 3 is no JSON'],
      [4, 'line 4: from and to are missing, or no texts'],
    ],
  );
});
