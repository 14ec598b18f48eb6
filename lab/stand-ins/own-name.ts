import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';

/** Fields 48 and 49 of /proc/self/stat: where the kernel finds the command line. */
const [ARGUMENTS_START, ARGUMENTS_END] = [48, 49];

/** Makes this process look in /proc as the program that it plays, argument by argument. */
export function takeName(argv: readonly string[]): void {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [start, end] = [ARGUMENTS_START, ARGUMENTS_END].map((field) => Number(fields[field - 3]));
  if (start === undefined || end === undefined) return;
  const bytes = Buffer.alloc(end - start);
  if (bytes.write(`${argv.join('\0')}\0`) < argv.join('\0').length) return;
  const memory = openSync('/proc/self/mem', 'r+');
  writeSync(memory, bytes, 0, bytes.length, start);
  closeSync(memory);
  writeFileSync('/proc/self/comm', (argv[0] ?? '').split('/').at(-1)?.slice(0, 15) ?? '');
}
