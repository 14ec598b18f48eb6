import type { FactOf } from '#facts/kinds';
import { defineFormat, lineOf, type Parsed, reading } from '../format.ts';
import { coverageOf, linesOf, wholeNumber, wordsOf } from '../lines.ts';

/** What of a table is counted: how many entries it holds, how often it was swept in need, how often it had no room. */
const COUNTED = new Set(['entries', 'forced_gc_runs', 'table_fulls']);
/** Its limits, under the names that they have where they are settings: only the first network namespace shows them as such. */
const LIMITS: ReadonlyMap<string, string> = new Map(['1', '2', '3'].map((one) => [`thresh${one}`, `gc_thresh${one}`]));
const FAMILIES: ReadonlyMap<string, string> = new Map([
  ['arp_cache', 'ipv4'],
  ['ndisc_cache', 'ipv6'],
]);

const HEAD = /^inet6? (\w+)\s*$/;

/** `ip -s ntable show`: the neighbour tables of the machine, which all its namespaces share, and their settings by device. */
export default defineFormat({
  id: 'ip-ntable',
  is: 'the neighbour tables and what they counted (`ip -s ntable show`)',
  tells: ['counter', 'sysctl'],
  recognise: (head) => (/^inet6? \w+_cache *\n +(?:thresh1 \d+ thresh2 \d+|dev \S+ *\n +refcnt \d+ reachable )/m.test(head) ? 0.98 : 0),
  parse: (input): Parsed => {
    const facts: FactOf<'counter'>[] = [];
    const limits: FactOf<'sysctl'>[] = [];
    let table: string | undefined;
    for (const [index, line] of linesOf(input.text).entries()) {
      table = HEAD.exec(line)?.[1] ?? table;
      if (table === undefined || !line.startsWith(' ')) continue;
      const words = wordsOf(line);
      for (const [at, word] of words.entries()) {
        const value = wholeNumber(words[at + 1]);
        if (value === undefined) continue;
        const [limit, family, origin] = [LIMITS.get(word), FAMILIES.get(table), lineOf(input, index + 1)];
        if (COUNTED.has(word)) facts.push({ name: `${table}.${word}`, value, origin });
        if (limit !== undefined && family !== undefined)
          limits.push({ name: `net.${family}.neigh.default.${limit}`, value: String(value), origin });
      }
    }
    const counted = reading('counter', facts, coverageOf(input) === true ? ['neighbour tables'] : []);
    return { readings: [counted, reading('sysctl', limits, [])], problems: [] };
  },
});
