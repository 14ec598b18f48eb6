import assert from 'node:assert/strict';
import test from 'node:test';
import { parseText } from '#testing/parse-text';
import arp from './arp.ts';

test('a question for one device or address is a part', () => {
  const covers = (argv: string[]) => parseText(arp, '? (192.0.2.1) at 02:00:00:00:00:01 [ether] on eth0\n', { argv }).readings[0]?.covers;
  assert.equal(covers(['arp', '-an']), true);
  assert.deepEqual(covers(['arp', '-an', '-i', 'eth0']), []);
  assert.deepEqual(covers(['arp', '-n', '192.0.2.1']), []);
});

test('lines that are no entries are problems', () => {
  assert.deepEqual(
    parseText(arp, 'hello\n? (x) at y on z\n').problems.map(({ line }) => line),
    [1, 2],
  );
});
