import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';

/** Fields 48 and 49 of /proc/self/stat: where the kernel finds the command line. */
const [ARGUMENTS_START, ARGUMENTS_END] = [48, 49];

/** The command line that this process plays: its program's path, then its arguments. */
export const playedArguments = (): readonly string[] => (process.env['LAB_ARGV'] ?? '').split('\n');

/** Makes this process look in /proc as the program that it plays, argument by argument; the answer is that command line. */
export function takeName(): readonly string[] {
  const argv = playedArguments();
  if (process.platform === 'linux') write(argv);
  return argv;
}

function write(argv: readonly string[]): void {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [start, end] = [ARGUMENTS_START, ARGUMENTS_END].map((field) => Number(fields[field - 3]));
  if (start === undefined || end === undefined) return;
  const bytes = Buffer.alloc(end - start);
  const text = `${argv.join('\0')}\0`;
  if (bytes.write(text) < text.length) return; // no room: better its own name than half of another
  const memory = openSync('/proc/self/mem', 'r+');
  writeSync(memory, bytes, 0, bytes.length, start);
  closeSync(memory);
  writeFileSync('/proc/self/comm', (argv[0] ?? '').split('/').at(-1)?.slice(0, 15) ?? '');
}
