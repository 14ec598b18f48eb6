import { defineFormat, lineOf, type Parsed, reading } from '../format.ts';
import { linesOf, quoted, wholeNumber } from '../lines.ts';

/** `conntrack -C`: one number, which by itself could be anything: it is known by its command or its file's name alone. */
export default defineFormat({
  id: 'conntrack-count',
  is: 'the number of connection table entries (`conntrack -C`)',
  tells: [],
  recognise: () => 0,
  parse: (input): Parsed => {
    const lines = linesOf(input.text);
    const at = lines.findIndex((line) => line.trim() !== '');
    const count = wholeNumber(lines[at]?.trim());
    if (count === undefined)
      return { readings: [], problems: at < 0 ? [] : [{ line: at + 1, why: `not a number: ${quoted(lines[at] ?? '')}` }] };
    const fact = { name: 'net.netfilter.nf_conntrack_count', value: String(count), origin: lineOf(input, at + 1) };
    return { readings: [reading('sysctl', [fact], [])], problems: [] };
  },
});
