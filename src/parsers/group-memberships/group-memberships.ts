import type { FactOf } from '#facts/kinds';
import { fromBits, type Ip } from '#net/ip';
import { coverageOf, linesOf, quoted } from '../lines.ts';
import { defineFormat, type Input, lineOf, type Parsed, type Problem, reading } from '../format.ts';

const HEADER = /^Idx\tDevice {4}: Count Querier\tGroup/;
const DEVICE = /^\d{1,9}\t(\S{1,80})\s*: +\d/;
const GROUP = /^\t{2,6}([0-9A-F]{8}) /;
/** A line of /proc/net/igmp6: index, device, group, users, flags, timer. */
const GROUP6 = /^\d{1,9} +(\S{1,80}) +([0-9a-f]{32}) +\d+ [0-9A-F]{8} \d+/;

/** An address in /proc/net/igmp: its bytes in the order of a little-endian machine. */
function addressOf(hex: string): Ip {
  const bytes = hex.match(/../g) ?? [];
  return fromBits(BigInt(`0x${bytes.reverse().join('')}`), 4);
}

function parse(input: Input): Parsed {
  const facts: FactOf<'group-membership'>[] = [];
  const problems: Problem[] = [];
  let device: string | undefined;
  for (const [index, line] of linesOf(input.text).entries()) {
    if (line.trim() === '' || HEADER.test(line)) continue;
    const short = line.length > 300 ? '' : line;
    const origin = lineOf(input, index + 1);
    const [, dev6, six] = GROUP6.exec(short) ?? [];
    const four = GROUP.exec(short)?.[1];
    if (dev6 !== undefined && six !== undefined) facts.push({ dev: dev6, group: fromBits(BigInt(`0x${six}`), 6), origin });
    else if (four !== undefined && device !== undefined) facts.push({ dev: device, group: addressOf(four), origin });
    else if (DEVICE.test(short)) device = DEVICE.exec(short)?.[1];
    else {
      if (!/^\t/.test(line)) device = undefined; // what stands behind is not of the device before
      problems.push({ line: index + 1, why: `no multicast group: ${quoted(line)}` });
    }
  }
  const both = input.argv.some((word) => word.endsWith('/igmp')) && input.argv.some((word) => word.endsWith('/igmp6'));
  return { readings: [reading('group-membership', facts, both && problems.length === 0 ? coverageOf(input) : [])], problems };
}

/** /proc/net/igmp and igmp6, one after the other: the groups that each device listens to. */
export default defineFormat({
  id: 'group-memberships',
  is: 'multicast groups as the kernel lists them (/proc/net/igmp, igmp6)',
  tells: ['group-membership'],
  recognise: (head) => (HEADER.test(head) || GROUP6.test(head) ? 1 : 0),
  parse,
});
