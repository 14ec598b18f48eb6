import assert from 'node:assert/strict';
import test from 'node:test';
import { parseText } from '#testing/parse-text';
import { byKey, parseRecorded } from '#testing/recorded-tools';
import procNetDev from './proc-net-dev.ts';

test('/proc/net/dev tells the counters of every device', () => {
  const parsed = parseRecorded(procNetDev, 'debian-12', 'cat-proc-net-dev');
  assert.deepEqual(parsed.problems, []);
  const counters = byKey(parsed, 'link-counters', ({ name }) => name);
  assert.ok((counters.get('eth0')?.rxPackets ?? 0) > 0);
  assert.equal(counters.get('eth0')?.rxOtherHost, undefined);
  assert.ok(counters.has('flannel.1'));
});

test('columns are read in the order of the kernel', () => {
  const parsed = parseText(procNetDev, 'eth0:1: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\nhello\n');
  const one = byKey(parsed, 'link-counters', ({ name }) => name).get('eth0:1');
  assert.deepEqual([one?.rxBytes, one?.rxDropped, one?.txBytes, one?.txPackets, one?.txDropped], [1, 4, 9, 10, 12]);
  assert.deepEqual(
    parsed.problems.map(({ line }) => line),
    [2],
  );
});
