import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Writable } from 'node:stream';

/** Signal 0 reaches nobody, and a trace of kill(2) sees on which processor it was asked for. */
const MARKS = 'while read -r _; do kill -0 $$; done';

/**
 * A process on each processor that calls the kernel when it is told to, so that a trace has a mark there: of what a processor prints, and
 * when, the others' marks say nothing, and a processor that is idle has no timer of its own for one.
 */
export class Processors {
  readonly #markers: readonly ChildProcessByStdio<Writable, null, null>[] = onlineIn(
    readFileSync('/sys/devices/system/cpu/online', 'utf8'),
  ).map((processor) =>
    spawn('setpriv', ['--pdeathsig', 'KILL', 'taskset', '-c', String(processor), 'sh', '-c', MARKS], {
      stdio: ['pipe', 'ignore', 'ignore'],
    }),
  );

  constructor() {
    // one that has ended marks nothing, and who waits for its mark says so
    for (const marker of this.#markers) for (const part of [marker, marker.stdin]) part.on('error', () => {});
  }

  get count(): number {
    return this.#markers.length;
  }

  /** Has every processor call the kernel once. */
  mark(): void {
    for (const { stdin } of this.#markers) stdin.write('\n');
  }

  stop(): void {
    for (const marker of this.#markers) marker.kill('SIGKILL');
  }
}

/** Processor numbers as the kernel writes lists of them: `0-1,4`. */
export const onlineIn = (text: string): readonly number[] =>
  text
    .trim()
    .split(',')
    .flatMap((part) => {
      const [first = Number.NaN, last = first] = part.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, at) => first + at);
    });
