import type { FactOf } from '#facts/kinds';
import { defineFormat, lineOf, type Parsed, type Problem, reading } from '../format.ts';
import { coverageOf, linesOf, quoted, wholeNumber, wordsOf } from '../lines.ts';

/** `conntrack -S`: one line per processor; the counter is their sum. /proc/net/stat/nf_conntrack: the same, hexadecimal, in columns. */
export default defineFormat({
  id: 'conntrack-stats',
  is: "the connection table's counters (`conntrack -S`, /proc/net/stat/nf_conntrack)",
  tells: ['counter'],
  recognise: (head) =>
    /^cpu=\d+\s.*\binsert_failed=\d+/m.test(head) ? 0.98 : /^entries +(?:clashres|searched) +found +/m.test(head) ? 0.98 : 0,
  parse: (input): Parsed => {
    const sums = new Map<string, FactOf<'counter'>>();
    const problems: Problem[] = [];
    let columns: readonly string[] | undefined;
    for (const [index, line] of linesOf(input.text).entries()) {
      if (line.trim() === '' || line.startsWith('#')) continue;
      const add = (name: string, value: number): void => {
        const before = sums.get(name);
        sums.set(
          name,
          before === undefined ? { name, value, origin: lineOf(input, index + 1) } : { ...before, value: before.value + value },
        );
      };
      const words = wordsOf(line);
      if (words[0] === 'entries') columns = words;
      else if (columns !== undefined && words.length === columns.length && words.every((word) => /^[0-9a-f]{1,16}$/.test(word))) {
        for (const [at, word] of words.entries()) {
          const name = columns[at];
          // the number of entries is no sum: every processor's line repeats it
          if (name !== undefined && name !== 'entries') add(`conntrack.${nameOf(name)}`, Number.parseInt(word, 16));
        }
      } else if (line.startsWith('cpu=')) {
        for (const word of words.slice(1)) {
          const [name, text] = word.split('=');
          const value = wholeNumber(text);
          if (name !== undefined && value !== undefined) add(`conntrack.${name}`, value);
          else problems.push({ line: index + 1, why: `no counter: ${quoted(word)}` });
        }
      } else problems.push({ line: index + 1, why: `no counters of a processor: ${quoted(line)}` });
    }
    // without one processor's share a sum is none
    if (problems.length > 0) return { readings: [reading('counter', [], [])], problems };
    return { readings: [reading('counter', [...sums.values()], coverageOf(input) === true ? ['conntrack'] : [])], problems };
  },
});

/** /proc's column names are not those of conntrack-tools. */
const nameOf = (column: string): string => ({ icmp_error: 'error', searched: 'searched', clashres: 'clash_resolve' })[column] ?? column;
