import { defineFormat, lineOf, type Parsed, type Problem } from '../format.ts';
import { coverageOf, linesOf, quoted, wholeNumber } from '../lines.ts';
import { type Process, processReadings, programOf } from '../process.ts';
import { redacted } from '../redaction.ts';

/** The header of `ps -ef`, `ps aux`, busybox `ps`: which column the command begins in. */
const HEADER = /^ *(?:UID|USER|PID)\b.*\b(?:CMD|COMMAND)\s*$/;

type Columns = { readonly pid: number; readonly command: number };

function columnsOf(header: string): Columns | undefined {
  const names = header.trim().split(/\s+/);
  const [pid, command] = [names.indexOf('PID'), names.length - 1];
  return pid < 0 ? undefined : { pid, command };
}

/** The first words of a line and what follows them, blanks in it kept. */
function cells(line: string, count: number): string[] | undefined {
  const found: string[] = [];
  let at = 0;
  while (found.length < count) {
    while (line[at] === ' ' || line[at] === '\t') at++;
    if (at >= line.length) return undefined;
    const end = line.slice(at).search(/[ \t]/);
    if (end < 0) return undefined;
    found.push(line.slice(at, at + end));
    at += end;
  }
  return [...found, line.slice(at).trim()];
}

/** `ps -ef`, `ps aux`, `ps -eo pid,args`: arguments are split at blanks, for ps does not tell where one ends. */
export default defineFormat({
  id: 'ps',
  is: 'processes as `ps` lists them',
  tells: ['process', 'docker-options'],
  recognise: (head) => (linesOf(head).some((line) => line.length < 400 && HEADER.test(line)) ? 0.95 : 0),
  parse: (input): Parsed => {
    const found: Process[] = [];
    const problems: Problem[] = [];
    let columns: Columns | undefined;
    for (const [index, line] of linesOf(input.text).entries()) {
      if (line.trim() === '' || line.startsWith('#')) continue;
      if (columns === undefined) {
        columns = line.length < 400 && HEADER.test(line) ? columnsOf(line) : undefined;
        if (columns === undefined) problems.push({ line: index + 1, why: `no header of ps: ${quoted(line)}` });
        continue;
      }
      const row = cells(line, columns.command);
      const pid = wholeNumber(row?.[columns.pid]);
      const command = row?.[columns.command] ?? '';
      if (pid === undefined || command === '') problems.push({ line: index + 1, why: `no process: ${quoted(line)}` });
      else if (!command.startsWith('[')) found.push({ ...processOf(command), pid, origin: lineOf(input, index + 1) });
    }
    return processReadings(found, coverageOf(input), problems);
  },
});

function processOf(command: string): Omit<Process, 'pid' | 'origin'> {
  const argv = redacted(command.split(/\s+/));
  return { name: programOf(argv[0] ?? ''), argv, startTicks: undefined, unit: undefined };
}
