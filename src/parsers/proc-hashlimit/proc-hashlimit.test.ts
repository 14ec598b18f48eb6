import assert from 'node:assert/strict';
import test from 'node:test';
import { parseText } from '#testing/parse-text';
import { formats } from '../formats.ts';
import { recognise } from '../recognise.ts';
import format from './proc-hashlimit.ts';

/**
 * Recorded on Linux 6.18: grep -H . /proc/net/ipt_hashlimit/* /proc/net/ip6t_hashlimit/*, of 1/hour (5) by dstip (24) and dstport after
 * one datagram, of 2/hour (4) by srcip and dstport after two echoes, of 2/hour (5) by dstip after four.
 */
const RECORDED = `/proc/net/ipt_hashlimit/ports:3599 0.0.0.0:0->127.1.2.0:53 1979125871002324992 2473901154000000000 494780230800000000
/proc/net/ipt_hashlimit/rate3:3599 127.0.0.1:0->0.0.0.0:0 494997934102299648 989560461600000000 247390115400000000
/proc/net/ip6t_hashlimit/six:3599 0000:0000:0000:0000:0000:0000:0000:0000:0->0000:0000:0000:0000:0000:0000:0000:0001:0 247544596783702528 1236950577000000000 247390115400000000
`;

const read = (text: string) => parseText(format, text).readings.flatMap((one) => (one.kind === 'hashlimit-bucket' ? one.facts : []));

test('a bucket is read with its table, its ends, and how many packets it lets pass', () => {
  assert.deepEqual(
    read(RECORDED).map((one) => [
      one.family,
      one.table,
      one.source,
      one.destination,
      one.destinationPort,
      Math.floor(one.tokens),
      one.burst,
    ]),
    [
      [4, 'ports', '0.0.0.0', '127.1.2.0', 53, 4, 5],
      [4, 'rate3', '127.0.0.1', '0.0.0.0', 0, 2, 4],
      [6, 'six', '::', '::1', 0, 1, 5],
    ],
  );
  assert.equal(recognise(RECORDED, formats)?.id, 'proc-hashlimit');
});

test('one table alone has its name in what was run; what is no bucket is a problem', () => {
  const [line = ''] = RECORDED.split('\n');
  const alone = line.slice(line.indexOf(':') + 1);
  const parsed = parseText(format, `${alone}\n`, { argv: ['cat', '/proc/net/ipt_hashlimit/web'], exit: 0 });
  assert.equal(parsed.readings.flatMap((one) => (one.kind === 'hashlimit-bucket' ? one.facts : []))[0]?.table, 'web');
  assert.equal(parseText(format, `${alone}\n`).problems.length, 1, 'of no table');
  assert.deepEqual(parseText(format, `${RECORDED}nonsense\n`).readings[0]?.covers, []);
});
