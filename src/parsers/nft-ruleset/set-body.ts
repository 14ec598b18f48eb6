import type { NftElement, NftExpression } from '#facts/nft/nft';
import type { Input } from '../format.ts';
import { durationOf, wordConstant } from './constants.ts';
import { NotUnderstood, type Words } from './tokens.ts';
import { isVerdict, verdictOf } from './verdict.ts';

/** `{ a, b . c, d : accept }`: the elements of a set or map, anonymous or named. */
export function readElements(words: Words): readonly NftElement[] {
  words.expect('{');
  const elements: NftElement[] = [];
  while (!words.skip('}')) {
    elements.push(readElement(words));
    if (words.peek() !== '}') words.expect(',');
  }
  return elements;
}

function readElement(words: Words): NftElement {
  const key = readConstants(words);
  const before = readNotes(words);
  const data = words.skip(':') ? readData(words) : null;
  return { key, data, ...before, ...readNotes(words) };
}

/** What is told of an element beside its value. */
type Notes = Pick<NftElement, 'limited' | 'expiresSeconds'>;

/** A constant or several joined by dots. */
export function readConstants(words: Words): NftExpression {
  const first = readConstant(words);
  if (words.peek() !== '.') return first;
  const parts = [first];
  while (words.skip('.')) parts.push(readConstant(words));
  return { is: 'concat', parts };
}

/** One constant; times of day stand in quotes on both sides of a range. */
function readConstant(words: Words): NftExpression {
  const first = words.take();
  return first.quoted && words.skip('-') ? { is: 'range', from: first.text, to: words.word() } : wordConstant(first);
}

const readData = (words: Words): NftExpression => (isVerdict(words.peek()) ? verdictOf(words) : readConstants(words));

function readNotes(words: Words): Notes {
  let notes: Notes = {};
  for (;;) {
    const word = words.peek();
    if (word === ',' || word === '}' || word === ':' || (word === '' && words.isDone)) return notes;
    words.take();
    if (word === 'comment') words.take();
    else if (word === 'timeout') readDuration(words);
    else if (word === 'expires') notes = { ...notes, ...expiring(readDuration(words)) };
    else if (word === 'counter') readCounter(words);
    else if (word === 'last') readLast(words);
    else if (word === 'limit' || word === 'quota' || word === 'ct') notes = { ...notes, limited: skipLimit(words) };
    else throw new NotUnderstood(`of an element: ${word.slice(0, 40)}`);
  }
}

const expiring = (seconds: number | undefined): Notes => (seconds === undefined ? {} : { expiresSeconds: seconds });

/** Seconds; nothing for `never`. */
export function readDuration(words: Words): number | undefined {
  const text = words.word();
  const seconds = durationOf(text);
  if (seconds === undefined && text !== 'never') throw new NotUnderstood(`not a duration: ${text.slice(0, 40)}`);
  return seconds;
}

/** `packets 3 bytes 180` after `counter`. */
export function readCounter(words: Words): { readonly packets: number; readonly bytes: number } {
  if (!words.skip('packets')) return { packets: 0, bytes: 0 };
  const packets = words.number();
  words.expect('bytes');
  return { packets, bytes: words.number() };
}

/** `used 3s`, `never used` after `last`. */
export function readLast(words: Words): void {
  if (words.skip('used')) words.take();
  else if (words.skip('never')) words.skip('used');
}

function skipLimit(words: Words): true {
  while (!words.isDone && ![',', '}', ':'].includes(words.peek())) words.take();
  return true;
}

/** Whether a listing leaves the elements of named sets out (`nft -t`). */
export const isTerse = ({ argv }: Input): boolean => argv.some((word) => word === '--terse' || /^-\w*t/.test(word));

/** What such a listing tells of a set's elements. */
export const UNLISTED = { elements: [], problem: 'its elements were not listed' };
