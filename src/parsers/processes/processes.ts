import { defineFormat, lineOf, type Problem } from '../format.ts';
import { coverageOf, linesOf, quoted, wholeNumber, wordsOf } from '../lines.ts';
import { type Process, processReadings } from '../process.ts';
import { redacted } from '../redaction.ts';

const told = (text: string | undefined): string | null | undefined => (text === '-' ? null : text);

type Open = { -readonly [Name in keyof Process]: Process[Name] } & { argv: string[] };

/** What the collector writes of /proc/PID: a `process` line, then `arg` lines, one an argument. */
export default defineFormat({
  id: 'processes',
  is: 'the processes that matter for the network, as the collector writes them',
  tells: ['process', 'docker-options'],
  recognise: (head) => (/^process \S+ pid \d+ start \S+ /m.test(head) ? 0.99 : 0),
  parse: (input) => {
    const found: Open[] = [];
    const problems: Problem[] = [];
    for (const [index, line] of linesOf(input.text).entries()) {
      if (line.trim() === '' || line.startsWith('#')) continue;
      const last = found.at(-1);
      if (line.startsWith('process ')) {
        const [, name = '', ...pairs] = wordsOf(line);
        const value = (of: string): string | undefined => (pairs.indexOf(of) < 0 ? undefined : pairs[pairs.indexOf(of) + 1]);
        const pid = wholeNumber(value('pid'));
        if (pid === undefined) problems.push({ line: index + 1, why: `a process without pid: ${quoted(line)}` });
        else
          found.push({
            pid,
            name,
            argv: [],
            startTicks: wholeNumber(value('start')),
            unit: told(value('unit')),
            origin: lineOf(input, index + 1),
          });
      } else if (last !== undefined && (line.startsWith('arg ') || line === 'arg')) last.argv.push(line.slice(4));
      else if (last === undefined || !line.startsWith('env '))
        problems.push({ line: index + 1, why: `no line of a process: ${quoted(line)}` });
    }
    return processReadings(
      found.map((one) => ({ ...one, argv: redacted(one.argv) })),
      coverageOf(input),
      problems,
    );
  },
});
