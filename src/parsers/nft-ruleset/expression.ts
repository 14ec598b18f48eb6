import type { NftExpression } from '#facts/nft/nft';
import { entryOf } from '#net/entry';
import { wordConstant } from './constants.ts';
import { isSelector, readSelector } from './selector.ts';
import { readConstants, readElements } from './set-body.ts';
import { NotUnderstood, type Words } from './tokens.ts';

type Op = Extract<NftExpression, { is: 'binary' }>['op'];

/** Operators from the loosest to the tightest, with the words that older versions write. */
const LEVELS: readonly Readonly<Record<string, Op>>[] = [
  { '|': '|', or: '|' },
  { '^': '^', xor: '^' },
  { '&': '&', and: '&' },
  { '<<': '<<', '>>': '>>', lshift: '<<', rshift: '>>' },
];

/** What is read of a packet, or what is written: `ip saddr . tcp dport`, `meta mark & 0xff | 0x1`, `tcp dport map @by-port`. */
export function readExpression(words: Words): NftExpression {
  return words.nested(() => {
    const first = readBinary(words, 0);
    if (words.peek() !== '.') return mapped(words, first);
    const parts = [first];
    while (words.skip('.')) parts.push(readBinary(words, 0));
    return mapped(words, { is: 'concat', parts });
  });
}

const mapped = (words: Words, key: NftExpression): NftExpression =>
  words.skip('map') ? { is: 'map', key, data: readSetOrName(words) } : key;

/** `{ … }` or `@name`. */
export function readSetOrName(words: Words): NftExpression {
  if (words.peek() === '{') return { is: 'set', elements: readElements(words) };
  const name = words.word();
  if (!name.startsWith('@')) throw new NotUnderstood(`not a set: ${name.slice(0, 40)}`);
  return { is: 'named', set: name.slice(1) };
}

function readBinary(words: Words, level: number): NftExpression {
  const ops = LEVELS[level];
  if (ops === undefined) return readPrimary(words);
  let left = readBinary(words, level + 1);
  for (let op = entryOf(ops, words.peek()); op !== undefined; op = entryOf(ops, words.peek())) {
    words.take();
    left = joined(op, left, readBinary(words, level + 1));
  }
  return left;
}

/** Named bits that are or-ed are a list, as other versions write it. */
export function joined(op: Op, left: NftExpression, right: NftExpression): NftExpression {
  const [one, other] = [bitsOf(left), bitsOf(right)];
  const isNamed = typeof left === 'string' || (typeof left === 'object' && left.is === 'list');
  if (op === '|' && isNamed && one !== undefined && other !== undefined) return { is: 'list', values: [...one, ...other] };
  return { is: 'binary', op, left, right };
}

function bitsOf(expression: NftExpression): readonly (string | number)[] | undefined {
  if (typeof expression === 'string' || typeof expression === 'number') return [expression];
  return typeof expression === 'object' && expression.is === 'list' ? expression.values : undefined;
}

function readPrimary(words: Words): NftExpression {
  if (words.skip('(')) {
    const inner = words.nested(() => readExpression(words));
    words.expect(')');
    return inner;
  }
  return isSelector(words) ? readSelector(words, readExpression) : readList(words);
}

/** `syn,ack`, or one constant. */
function readList(words: Words): NftExpression {
  const first = wordConstant(words.take());
  if (words.peek() !== ',' || !isBit(first)) return first;
  const values = [first];
  while (words.skip(',')) {
    const next = wordConstant(words.take());
    if (!isBit(next)) throw new NotUnderstood('a list of what is no constant');
    values.push(next);
  }
  return { is: 'list', values };
}

const isBit = (expression: NftExpression): expression is string | number =>
  typeof expression === 'string' || typeof expression === 'number';

/** What a packet is compared with: constants only, for a word like `tcp` there names the protocol. */
export function readCompared(words: Words): NftExpression {
  if (words.peek() === '{') return { is: 'set', elements: readElements(words) };
  if (words.skip('exists')) return true;
  if (words.skip('missing')) return false;
  if (words.skip('(')) {
    const inner = words.nested(() => readCompared(words));
    words.expect(')');
    return inner;
  }
  const first = readConstants(words);
  if (!isBit(first)) return first;
  const values: (string | number)[] = [first];
  while (words.peek() === ',' || words.peek() === '|') {
    words.take();
    const next = wordConstant(words.take());
    if (!isBit(next)) throw new NotUnderstood('a list of what is no constant');
    values.push(next);
  }
  return values.length === 1 ? first : { is: 'list', values };
}
