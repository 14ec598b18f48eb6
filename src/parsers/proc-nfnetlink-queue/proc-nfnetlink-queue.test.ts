import assert from 'node:assert/strict';
import test from 'node:test';
import { parseText } from '#testing/parse-text';
import { formats } from '../formats.ts';
import { recognise } from '../recognise.ts';
import format from './proc-nfnetlink-queue.ts';

/** Recorded on Linux 6.18: cat /proc/net/netfilter/nfnetlink_queue, where a program had bound 0, 3 and 9, and asked for no packets of 9. */
const RECORDED = `    0  12345     0 2 65531     0     0        0  1
    3  12345     0 1     0     0     0        0  1
    9  12345     0 0 65531     0     0        0  1
`;

const read = (text: string) => parseText(format, text).readings.flatMap((one) => (one.kind === 'packet-queue' ? one.facts : []));

test('a queue is read with the port of its program, and whether that wants packets', () => {
  assert.deepEqual(
    read(RECORDED).map(({ number, port, copies }) => [number, port, copies]),
    [
      [0, 12345, true],
      [3, 12345, true],
      [9, 12345, false],
    ],
  );
  assert.equal(recognise(RECORDED, formats)?.id, 'proc-nfnetlink-queue');
});

test('no line is no queue; what is no queue is a problem, and then it is not known whether there are others', () => {
  assert.equal(parseText(format, '').readings[0]?.covers, true);
  const broken = parseText(format, `${RECORDED}nonsense\n`);
  assert.deepEqual(
    broken.problems.map(({ line }) => line),
    [4],
  );
  assert.deepEqual(broken.readings[0]?.covers, []);
});
