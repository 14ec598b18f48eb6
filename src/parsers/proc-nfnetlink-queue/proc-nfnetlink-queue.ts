import type { PacketQueue } from '#facts/packet-queue/packet-queue';
import { coverageOf, linesOf, quoted } from '../lines.ts';
import { defineFormat, type Input, lineOf, type Parsed, type Problem, reading } from '../format.ts';

/** Queue, netlink port, packets that wait, what is copied of each, and at most how much; then counters and a 1. */
const QUEUE = /^ *(\d{1,5}) +(\d{1,10}) +\d+ ([0-2]) +\d+ +\d+ +\d+ +\d+ +1$/;

/** Programs that decide on packets, as the kernel lists them (net/netfilter/nfnetlink_queue.c seq_show); none is an empty list. */
function parse(input: Input): Parsed {
  const facts: PacketQueue[] = [];
  const problems: Problem[] = [];
  for (const [index, line] of linesOf(input.text).entries()) {
    const [, number, port, mode] = QUEUE.exec(line) ?? [];
    if (number !== undefined)
      facts.push({ number: Number(number), port: Number(port), copies: mode !== '0', origin: lineOf(input, index + 1) });
    else if (line.trim() !== '') problems.push({ line: index + 1, why: `no queue: ${quoted(line)}` });
  }
  return { readings: [reading('packet-queue', facts, problems.length === 0 ? coverageOf(input) : [])], problems };
}

export default defineFormat({
  id: 'proc-nfnetlink-queue',
  is: '/proc/net/netfilter/nfnetlink_queue: queues of packets that programs listen to',
  tells: ['packet-queue'],
  recognise: (head) => (head.split('\n').some((line) => QUEUE.test(line)) ? 0.8 : 0),
  parse,
});
