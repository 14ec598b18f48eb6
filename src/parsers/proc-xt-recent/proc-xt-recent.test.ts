import assert from 'node:assert/strict';
import test from 'node:test';
import { parseText } from '#testing/parse-text';
import { formats } from '../formats.ts';
import { recognise } from '../recognise.ts';
import format from './proc-xt-recent.ts';

/** Recorded on Linux 6.18 (250 ticks a second): grep -H -m 1 '^jiffies' /proc/timer_list; grep -H . /proc/uptime /proc/net/xt_recent/* */
const RECORDED = `/proc/timer_list:jiffies: 4303743812
/proc/uptime:35406.29 17305.68
/proc/net/xt_recent/seen:src=127.0.0.1 ttl: 64 last_seen: 4303743809 oldest_pkt: 4 4303743753, 4303743753, 4303743809, 4303743809
`;

const read = (text: string) => parseText(format, text).readings.flatMap((one) => (one.kind === 'recent-address' ? one.facts : []));

test('an address is read with its list and when it was seen', () => {
  const [one, ...more] = read(RECORDED);
  assert.deepEqual(more, []);
  assert.deepEqual([one?.list, one?.address, one?.ttl, one?.times, one?.seenMs], ['seen', '127.0.0.1', 64, 4, [12, 12, 236, 236]]);
  assert.equal(recognise(RECORDED, formats)?.id, 'proc-xt-recent');
});

test('without the kernel’s clock nobody knows when; a machine that slept has none', () => {
  assert.deepEqual(read(RECORDED.split('\n').slice(1).join('\n'))[0]?.seenMs, undefined);
  assert.deepEqual(read(RECORDED.replace('35406.29', '45406.29'))[0]?.seenMs, undefined);
  assert.equal(read(RECORDED.replace('35406.29', '45406.29'))[0]?.times, 4);
});

test('an address of IPv6 is read as such; what is no entry is a problem with its line', () => {
  const text = `${RECORDED}/proc/net/xt_recent/DEFAULT:src=fd00:0001:0000:0000:0000:0000:0000:0002 ttl: 0 last_seen: 7 oldest_pkt: 1 7\nnonsense\n`;
  assert.equal(read(text)[1]?.address, 'fd00:1::2');
  assert.deepEqual(
    parseText(format, text).problems.map(({ line }) => line),
    [5],
  );
  assert.deepEqual(parseText(format, text).readings[0]?.covers, []);
});
