import type { FactOf } from '#facts/kinds';
import { cidrOf } from '#net/cidr';
import { fromBits } from '#net/ip';
import { defineFormat, type Input, lineOf, type Parsed, type Problem, reading } from '../format.ts';
import { linesOf, quoted, wordsOf } from '../lines.ts';

const LINE =
  /^[0-9a-f]{32} [0-9a-f]{2} [0-9a-f]{32} [0-9a-f]{2} [0-9a-f]{32} [0-9a-f]{8} [0-9a-f]{8} [0-9a-f]{8} [0-9a-f]{8} +\S{1,40}\s*$/;

const ANYCAST = 0x0010_0000;
const LOCAL = 0x8000_0000;

/** Local addresses; of all other routes this form does not tell the table. */
function parse(input: Input): Parsed {
  const routes: FactOf<'route'>[] = [];
  const problems: Problem[] = [];
  let others = 0;
  for (const [index, line] of linesOf(input.text).entries()) {
    if (line.trim() === '') continue;
    if (line.length > 300 || !LINE.test(line)) {
      problems.push({ line: index + 1, why: `not a route: ${quoted(line)}` });
      continue;
    }
    const [to = '', length = '', , , , metric = '', , , flags = '', dev = ''] = wordsOf(line);
    const bits = Number.parseInt(flags, 16);
    const prefix = Number.parseInt(length, 16);
    const local = Math.floor(bits / LOCAL) % 2 === 1;
    if ((!local && (bits & ANYCAST) === 0) || prefix > 128) {
      if (others++ === 0) {
        problems.push({ line: index + 1, why: 'the table of a route is not told in this form: ip -6 route show table all tells it' });
      }
      continue;
    }
    routes.push({
      table: 'local',
      type: local ? 'local' : 'anycast',
      to: cidrOf(fromBits(BigInt(`0x${to}`), 6), prefix),
      hops: [{ dev, via: null, onlink: undefined, weight: 1, dead: undefined }],
      nexthopId: undefined,
      metric: Number.parseInt(metric, 16),
      source: undefined,
      scope: undefined,
      protocol: undefined,
      mtu: undefined,
      tos: undefined,
      origin: lineOf(input, index + 1),
    });
  }
  return { readings: [reading('route', routes, [])], problems };
}

/** /proc/net/ipv6_route: IPv6 routes of all tables, without the tables. */
export default defineFormat({
  id: 'proc-net-ipv6-route',
  is: '/proc/net/ipv6_route: IPv6 routes of all tables, without the tables',
  tells: ['route'],
  recognise: (head) => (LINE.test((linesOf(head).find((line) => line.trim() !== '') ?? '').slice(0, 300)) ? 1 : 0),
  parse,
});
