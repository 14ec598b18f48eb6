import type { FactOf } from '#facts/kinds';
import { member, readJson } from '../document.ts';
import { defineFormat, type Input, pathOf, type Parsed, reading } from '../format.ts';
import { coverageOf, quoted, readLines, wholeNumber, wordsOf } from '../lines.ts';

/** What nstat lists of: all groups but what it holds useless (`IpForwarding`, `TcpMaxConn` …). */
const PARTS = ['snmp', 'snmp6', 'netstat'];

/** Without `-a` nstat shows what was added since its last call, which is no counter. */
const showsDifferences = (input: Input): boolean =>
  input.argv.length > 0 && !input.argv.some((word) => word === '--ignore' || /^-\w*a/.test(word));

function fromJson(input: Input): Parsed {
  const document = readJson(input.text.slice(Math.max(0, input.text.indexOf('{'))));
  if (!('value' in document)) return { readings: [], problems: [{ line: 1, why: document.why }] };
  const kernel = member(document.value, 'kernel');
  const pairs = typeof kernel === 'object' && kernel !== null ? Object.entries(kernel) : [];
  const facts = pairs.flatMap(([name, value]): FactOf<'counter'>[] => {
    const counted = typeof value === 'string' ? wholeNumber(value) : value;
    return typeof counted === 'number' && Number.isFinite(counted)
      ? [{ name, value: counted, origin: pathOf(input, `kernel.${name}`) }]
      : [];
  });
  return { readings: [reading('counter', facts, coverageOf(input) === true ? PARTS : [])], problems: [] };
}

function fromText(input: Input): Parsed {
  const { readings, problems } = readLines(input, 'counter', (line, origin) => {
    const [name, text] = wordsOf(line);
    const value = wholeNumber(text);
    return name === undefined || value === undefined ? `no counter: ${quoted(line)}` : { name, value, origin };
  });
  return { readings: readings.map((one) => ({ ...one, covers: one.covers === true ? PARTS : one.covers })), problems };
}

/** nstat with absolute values, as text and as JSON. */
export default defineFormat({
  id: 'nstat',
  is: "the network stack's counters (`nstat -az`, `nstat -azj`)",
  tells: ['counter'],
  recognise: (head) =>
    /^\s*\{"kernel":\{/.test(head) || /^#kernel$/m.test(head) ? 0.99 : /^IpInReceives +\d+ +[\d.]+$/m.test(head) ? 0.95 : 0,
  parse: (input) => {
    if (showsDifferences(input)) return { readings: [], problems: [{ line: 1, why: 'nstat without -a shows differences, not counters' }] };
    return /^\s*(?:#[^\n]*\n)*\s*\{/.test(input.text.slice(0, 4096)) ? fromJson(input) : fromText(input);
  },
});
