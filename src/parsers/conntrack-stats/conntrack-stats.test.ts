import assert from 'node:assert/strict';
import test from 'node:test';
import { factsOf, parseText, recorded } from '#testing/parse-text';
import conntrackStats from './conntrack-stats.ts';

const counters = (text: string) =>
  Object.fromEntries(factsOf(parseText(conntrackStats, text), 'counter').map(({ name, value }) => [name, value]));

test('the counters of all processors are added up', () => {
  assert.equal(counters(recorded('conntrack-S'))['conntrack.insert_failed'], 0);
  const two = 'cpu=0   \tfound=3 invalid=0 insert_failed=4 drop=0 \ncpu=1   \tfound=1 invalid=2 insert_failed=1 drop=0 \n';
  assert.deepEqual(counters(two), { 'conntrack.found': 4, 'conntrack.invalid': 2, 'conntrack.insert_failed': 5, 'conntrack.drop': 0 });
});

test('the columns of /proc/net/stat/nf_conntrack are hexadecimal', () => {
  const text = 'entries  searched found insert_failed\n00000008  00000000 0000000a 00000001\n00000008  00000000 00000001 00000000\n';
  assert.deepEqual(counters(text), { 'conntrack.searched': 0, 'conntrack.found': 11, 'conntrack.insert_failed': 1 });
});
