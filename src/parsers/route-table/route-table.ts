import type { FactOf } from '#facts/kinds';
import { cidrOf, lengthOfMask } from '#net/cidr';
import { parseIp } from '#net/ip';
import { defineFormat, type Input, lineOf, type Parsed, type Problem, reading } from '../format.ts';
import { coverageOf, linesOf, quoted, wordsOf } from '../lines.ts';
import { inEnglish } from '../net-tools-chinese.ts';
import { type OldRoute, oldRoute, oldRouteProblem } from './kernel-flags.ts';

const HEAD = /^Destination\s+Gateway\s+Genmask\s+Flags\s/;
const TITLE = /^Kernel IP(v6)? routing table/;

/** A row of `route -n` under its headings. */
function rowOf(words: readonly string[], columns: readonly string[], origin: OldRoute['origin']): OldRoute | undefined {
  const cell = (name: string): string => words[columns.indexOf(name)] ?? '';
  const destination = parseIp(cell('Destination') === 'default' ? '0.0.0.0' : cell('Destination'));
  const length = lengthOfMask(cell('Genmask'));
  if (destination === undefined || length === undefined || words.length < columns.length) return undefined;
  const flags = cell('Flags');
  const dev = cell('Iface');
  const metric = columns.includes('Metric') && /^-?\d{1,10}$/.test(cell('Metric')) ? Number(cell('Metric')) >>> 0 : undefined;
  return {
    to: cidrOf(destination, length),
    gateway: parseIp(cell('Gateway')) ?? null,
    via: flags.includes('G'),
    reject: flags.includes('!'),
    dev: dev === '*' || dev === '-' ? null : dev,
    metric,
    origin,
  };
}

function parse(input: Input): Parsed {
  const routes: FactOf<'route'>[] = [];
  const problems: Problem[] = [];
  let columns: readonly string[] = [];
  let isLost = false;
  for (const [index, line] of linesOf(inEnglish(input.text)).entries()) {
    const number = index + 1;
    const title = TITLE.exec(line);
    if (title?.[1] !== undefined) {
      problems.push({
        line: number,
        why: 'the tables of IPv6 routes are not told apart in this form: ip -6 route show table all tells them',
      });
      break;
    }
    if (line.trim() === '' || title !== null) continue;
    if (HEAD.test(line)) columns = wordsOf(line);
    else {
      const row = rowOf(wordsOf(line), columns, lineOf(input, number));
      const why = row === undefined ? `not a route: ${quoted(line)}` : oldRouteProblem(row);
      const route = row === undefined ? undefined : oldRoute(row);
      if (why !== undefined) problems.push({ line: number, why });
      if (route !== undefined) routes.push(route);
      else isLost = true;
    }
  }
  const covers = coverageOf(input) === true && columns.length > 0 && !isLost ? ['main'] : [];
  return { readings: [reading('route', routes, covers)], problems };
}

/** `route -n` and `netstat -rn` of net-tools and busybox. */
export default defineFormat({
  id: 'route-table',
  is: '`route -n` and `netstat -rn` of net-tools and busybox',
  tells: ['route'],
  recognise: (head) => {
    const first = inEnglish(head).trimStart();
    return TITLE.test(first) || HEAD.test(first) ? 1 : 0;
  },
  parse,
});
