import type { FactOf, KindId } from '#facts/kinds';
import type { Origin } from '#snapshot/origin';
import { type Input, lineOf, type Parsed, type Problem, reading } from './format.ts';

/** The lines of a text without their ends (LF or CRLF); what follows the last line end is a line only when it is not empty. */
export function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return text.includes('\r') ? lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line)) : lines;
}

/** The blank-separated words of a line. */
export const wordsOf = (line: string): string[] => line.split(/\s/).filter((word) => word !== '');

/** A whole number as tools print it, exact; nothing for anything else. */
export function wholeNumber(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,20}$/.test(text)) return undefined;
  return Number(text);
}

/** A port as tools print it. */
export function portNumber(text: string | undefined): number | undefined {
  const port = wholeNumber(text);
  return port !== undefined && port <= 65535 ? port : undefined;
}

/** A line put into a problem: never the whole of a monster. */
export const quoted = (line: string): string => (line.length > 80 ? `${line.slice(0, 80)}…` : line);

/** What a line gave: facts, nothing, or a sentence that says why it is not understood. */
export type LineRead<K extends KindId> = FactOf<K> | readonly FactOf<K>[] | string | undefined;

/**
 * Whether the text lists everything that its command lists. A command that failed, was cut off or went through a filter
 * (`| grep`) does not: an absence in it is no evidence.
 */
export function coverageOf(input: Input): true | readonly string[] {
  if (input.exit !== null && input.exit !== 0) return [];
  if (input.exit === null && input.clock !== undefined) return []; // captured and killed by its time limit
  return input.argv.some((word) => /(?:^|[^|])\|(?:[^|]|$)/.test(word)) ? [] : true;
}

/** Reads a text line by line into facts of one kind. Empty lines and leading `#` comments are left out. */
export function readLines<K extends KindId>(input: Input, kind: K, read: (line: string, origin: Origin) => LineRead<K>): Parsed {
  const facts: FactOf<K>[] = [];
  const problems: Problem[] = [];
  let begun = false;
  for (const [index, line] of linesOf(input.text).entries()) {
    if (line.trim() === '' || (!begun && line.startsWith('#'))) continue;
    begun = true;
    const got = read(line, lineOf(input, index + 1));
    if (typeof got === 'string') problems.push({ line: index + 1, why: got });
    else if (Array.isArray(got)) for (const fact of got as readonly FactOf<K>[]) facts.push(fact);
    else if (got !== undefined) facts.push(got as FactOf<K>);
  }
  // a row that was not understood may be any row
  return { readings: [reading(kind, facts, problems.length > 0 ? [] : coverageOf(input))], problems };
}
