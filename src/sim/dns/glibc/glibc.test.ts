import assert from 'node:assert/strict';
import test from 'node:test';
import type { FactOf } from '#facts/kinds';
import { ip, type Ip } from '#net/ip';
import { glibcOptions, waitSeconds } from './options.ts';

const conf = (nameservers: readonly Ip[], ...options: readonly string[]): FactOf<'resolv-conf'> => ({
  path: '/etc/resolv.conf',
  nameservers: nameservers.map((address, line) => ({ address, line })),
  search: [],
  options,
  origin: { file: 'hand-made' },
});
const [one, two, three, four] = [ip`192.0.2.1`, ip`192.0.2.2`, ip`192.0.2.3`, ip`192.0.2.4`];

/** All waits of a lookup that nobody answers, in seconds. */
function waits(...given: Parameters<typeof conf>): readonly number[] {
  const options = glibcOptions(conf(...given));
  return Array.from({ length: options.attempts }, () => options.nameservers.map((_, index) => waitSeconds(options, index))).flat();
}

test('waits as measured with glibc 2.36: by the index of the server, not by the try', () => {
  assert.deepEqual(waits([one]), [5, 5]);
  assert.deepEqual(waits([one, two]), [5, 5, 5, 5]);
  assert.deepEqual(waits([one, two, three]), [5, 3, 6, 5, 3, 6]);
});

test('has the limits of resolv.h, and reads a timeout of 0 as one second', () => {
  assert.equal(glibcOptions(conf([one, two, three, four])).nameservers.length, 3);
  assert.deepEqual(waits([one], 'timeout:99', 'attempts:9'), [30, 30, 30, 30, 30]);
  assert.deepEqual(waits([one], 'timeout:0', 'attempts:1'), [1]);
  assert.deepEqual(waits([one], 'attempts:0'), []);
  assert.deepEqual(waits([one], 'timeout:1', 'timeout:2', 'attempts:x'), [2, 2]);
});
