import assert from 'node:assert/strict';
import test from 'node:test';
import { byKey, parseRecorded, recordedText } from '#testing/recorded-tools';
import { formats } from '../formats.ts';
import { recognise } from '../recognise.ts';
import groupMemberships from './group-memberships.ts';

const GUEST = 'guest/debian-12';
const BOTH = 'cat-proc-net-igmp-proc-net-igmp6';

const groups = (name: string, device: string): readonly string[] =>
  [...byKey(parseRecorded(groupMemberships, GUEST, name), 'group-membership', ({ dev, group }) => `${dev} ${group}`).values()]
    .filter(({ dev }) => dev === device)
    .map(({ group }) => group);

test('what the kernel lists of each device is read, of both families', () => {
  assert.deepEqual(groups(BOTH, 'lo'), ['224.0.0.1', 'ff02::1', 'ff01::1']);
  assert.deepEqual(groups('cat-proc-net-igmp', 'br0'), ['224.0.0.1', '224.0.0.106']);
  assert.ok(groups('cat-proc-net-igmp6', 'br0').includes('ff02::6a'));
  assert.deepEqual(parseRecorded(groupMemberships, GUEST, BOTH).problems, []);
});

test('one family alone is no complete reading', () => {
  const complete = (name: string): boolean => parseRecorded(groupMemberships, GUEST, name).readings.some(({ covers }) => covers === true);
  assert.deepEqual([complete(BOTH), complete('cat-proc-net-igmp'), complete('cat-proc-net-igmp6')], [true, false, false]);
});

test('both files are recognised', () => {
  for (const name of [BOTH, 'cat-proc-net-igmp', 'cat-proc-net-igmp6'])
    assert.equal(recognise(recordedText(GUEST, name), formats)?.id, 'group-memberships', name);
});
