import fc from 'fast-check';
import type { Format, Input, Parsed } from '#parsers/format';
import { onNode } from '#snapshot/scope';
import type { Clock } from '#snapshot/snapshot';

const CLOCK: Clock = { node: 'A', look: 1, wall: 1_795_000_000_000, uptime: 1000, zoneMinutes: 0 };

/** What a mutation does to the lines of a recorded output. */
type Mutation = {
  readonly does: 'cut' | 'swap' | 'double' | 'drop' | 'flip' | 'insert' | 'glue' | 'word';
  readonly at: number;
  readonly with: number;
};

const mutation: fc.Arbitrary<Mutation> = fc.record({
  does: fc.constantFrom('cut', 'swap', 'double', 'drop', 'flip', 'insert', 'glue', 'word'),
  at: fc.nat(1_000_000),
  with: fc.nat(1_000_000),
});

/** Characters that mean something to one format or another. */
const SALT = ' \t\n\r"\\\'{}[]()<>:;,.!/*#@=-+|0\u0000\u00e9\u2028\ud800';

/** Words that are members of every object, or nearly numbers. */
const SPECIAL = ['constructor', '__proto__', 'toString', 'NaN', '-1', '99999999999999999999999', '1e309', ''];

/** The word at a place replaced by another one. */
function replacedWord(text: string, place: number, by: string): string {
  const from = Math.max(text.lastIndexOf(' ', place), text.lastIndexOf('\n', place)) + 1;
  const rest = /[\s,}\]]/.exec(text.slice(from, from + 200));
  return text.slice(0, from) + by + text.slice(rest === null ? from : from + rest.index);
}

function mutated(text: string, { does, at, with: other }: Mutation): string {
  if (text === '') return text;
  const place = at % text.length;
  if (does === 'cut') return text.slice(0, place);
  if (does === 'flip')
    return text.slice(0, place) + String.fromCharCode(text.charCodeAt(place) ^ (1 << (other % 8))) + text.slice(place + 1);
  if (does === 'word') return replacedWord(text, place, SPECIAL[other % SPECIAL.length] ?? '');
  if (does === 'insert') return text.slice(0, place) + SALT.charAt(other % SALT.length) + text.slice(place);
  if (does === 'glue') return text.slice(0, place) + text.slice(other % text.length);
  const lines = text.split('\n');
  const [one, two] = [at % lines.length, other % lines.length];
  const [first = '', second = ''] = [lines[one], lines[two]];
  if (does === 'swap') {
    lines[one] = second;
    lines[two] = first;
  } else lines.splice(one, does === 'drop' ? 1 : 0, ...(does === 'double' ? [first] : []));
  return lines.join('\n');
}

/** A text of at most so many characters: mutations of a long one are slow and teach nothing new. */
const LONGEST = 4000;

/** A piece of a recorded output, whole lines. */
function piece(text: string, from: number): string {
  if (text.length <= LONGEST) return text;
  const start = text.indexOf('\n', from % (text.length - LONGEST)) + 1;
  return text.slice(start, start + LONGEST);
}

/** Texts that a format should survive: mutated pieces of recorded outputs, and any text at all. */
export function hostile(recorded: readonly string[]): fc.Arbitrary<string> {
  const anything = fc.string({ unit: 'binary', maxLength: 200 });
  const wordy = fc.array(
    fc.constantFrom(
      ...'- -A -j -p constructor __proto__ dev via inet 10.0.0.1 ::/0 table { } [ ] " \\ : ! \n \t 0x1 -- {"a":1} null'.split(' '),
    ),
    { maxLength: 40 },
  );
  const near = fc
    .tuple(fc.constantFrom(...recorded), fc.nat(1_000_000), fc.array(mutation, { maxLength: 6 }))
    .map(([text, from, changes]) => changes.reduce(mutated, piece(text, from)));
  return fc.oneof(
    { weight: 6, arbitrary: near },
    { weight: 1, arbitrary: anything },
    { weight: 1, arbitrary: wordy.map((words) => words.join(' ')) },
  );
}

/** What is wrong with what a parser made of a text; nothing when all is as it has to be. */
export function broken(format: Format, text: string, argv: readonly string[] = []): string | undefined {
  const input: Input = { file: 'fuzz', scope: onNode('A'), argv, exit: null, look: 1, text, clock: CLOCK };
  let parsed: Parsed;
  try {
    const sure = format.recognise(text.slice(0, 4096));
    if (!(sure >= 0 && sure <= 1)) return `recognise says ${sure}`;
    parsed = format.parse(input);
  } catch (error) {
    return `${format.id} threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
  const lines = text.split('\n').length;
  const line = parsed.problems.find((problem) => !Number.isInteger(problem.line) || problem.line < 1 || problem.line > lines)?.line;
  if (line !== undefined) return `${format.id} has a problem in line ${line} of ${lines}`;
  return placeless(parsed, lines);
}

/** A fact that names a line which the text does not have. */
function placeless(parsed: Parsed, lines: number): string | undefined {
  for (const { kind, facts } of parsed.readings) {
    for (const fact of facts) {
      const { line } = fact.origin;
      const odd = oddValue(fact);
      if (odd !== undefined) return `a ${kind} fact holds ${odd}`;
      if (line !== undefined && (!Number.isInteger(line) || line < 1 || line > lines))
        return `a ${kind} fact names line ${line} of ${lines}`;
    }
  }
  return undefined;
}

/** What no fact may hold: a function, a number that is none. */
function oddValue(value: unknown): string | undefined {
  if (typeof value === 'function' || (typeof value === 'number' && !Number.isFinite(value))) return String(value).slice(0, 40);
  if (typeof value !== 'object' || value === null) return undefined;
  const members = value instanceof Map ? [...value.values()] : Object.values(value);
  for (const member of members) {
    const odd = oddValue(member);
    if (odd !== undefined) return odd;
  }
  return undefined;
}
