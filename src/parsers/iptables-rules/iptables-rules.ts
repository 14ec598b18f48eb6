import { defineFormat, type Input, type Parsed, reading } from '../format.ts';
import { Dump } from '../iptables-save/dump.ts';
import { backendIn, familyIn } from '../iptables-save/iptables-save.ts';
import type { Counters } from '../iptables-save/rule.ts';
import { coverageOf, linesOf, wholeNumber } from '../lines.ts';
import { coversTable, tableOf } from './table.ts';

const LINE = /^-(?:P \S{1,64} (?:ACCEPT|DROP)|N \S{1,64}|A \S{1,64}(?: |$))/;

/** `-c PACKETS BYTES`, which -v puts into a rule, and the rule without it. Quoted text is left alone. */
function withoutCounters(line: string): { text: string; counters: Counters | undefined } {
  for (const found of line.matchAll(/ -c (\d{1,20}) (\d{1,20})(?= |$)/g)) {
    const before = line.slice(0, found.index);
    const quotes = before.split('"').length - before.split('\\"').length;
    if (quotes % 2 === 1) continue;
    return { text: before + line.slice(found.index + found[0].length), counters: countersOf(found[1], found[2]) };
  }
  return { text: line, counters: undefined };
}

function countersOf(packets: string | undefined, bytes: string | undefined): Counters | undefined {
  const [one, other] = [wholeNumber(packets), wholeNumber(bytes)];
  return one === undefined || other === undefined ? undefined : { packets: one, bytes: other };
}

function parse(input: Input): Parsed {
  const lines = linesOf(input.text);
  const builtIn = new Set(lines.filter((line) => line.startsWith('-P ')).map((line) => line.split(' ', 2)[1] ?? ''));
  const dump = new Dump(input.file, familyIn(input), backendIn(input));
  let begun = false;
  for (const [index, line] of lines.entries()) {
    const number = index + 1;
    if (line.trim() === '' || line.startsWith('#')) continue;
    if (!LINE.test(line)) {
      dump.lose(line.slice(0, 200), number);
      continue;
    }
    if (!begun) dump.begin(tableOf(input, builtIn), number);
    begun = true;
    const { text, counters } = withoutCounters(line);
    const [, name = '', policy = '-'] = text.split(' ', 3);
    if (text.startsWith('-A ')) dump.rule(text, 0, text.length, counters, number);
    else dump.chain(name, text.startsWith('-P ') ? policy : '-', counters, number);
  }
  dump.end();
  const isWhole = coverageOf(input) === true && !dump.isLost && dump.lostIn.size === 0;
  const covers = isWhole ? dump.tables.flatMap((table) => coversTable(input, /^(?:-\w*S|--list-rules)$/, table)) : [];
  return { readings: [reading('iptables', dump.tables, covers)], problems: dump.problems };
}

/** `iptables -S`, with or without -v: the rules of one table as commands. */
export default defineFormat({
  id: 'iptables-rules',
  is: '`iptables -S`: the rules of one table as commands',
  tells: ['iptables'],
  recognise: (head) => (/^-(?:P \S{1,64} (?:ACCEPT|DROP)|N \S{1,64}$)/m.test(head) && !head.includes('\n*') ? 0.95 : 0),
  parse,
});
