import type { MatchOp, NftExpression, NftStatement } from '#facts/nft/nft';
import { readCompared, readExpression, readSetOrName } from './expression.ts';
import { readLimit, readQuota } from './limit.ts';
import { isNat, readNat, readTproxy } from './nat.ts';
import { readReject } from './reject.ts';
import { isSelector } from './selector.ts';
import { readConstants, readCounter, readDuration, readLast } from './set-body.ts';
import { NotUnderstood, type Words } from './tokens.ts';
import { isVerdict, verdictOf } from './verdict.ts';

/** What a rule shows beside its statements. */
export type Notes = { comment: string | null; counters: { readonly packets: number; readonly bytes: number } | null };

type Reader = (words: Words, notes: Notes) => NftStatement | null;

const READERS: Readonly<Record<string, Reader>> = {
  comment: (words, notes) => {
    notes.comment = words.word();
    return null;
  },
  counter: (words, notes) => {
    if (words.skip('name')) return { does: 'counter', name: words.word() };
    notes.counters = readCounter(words);
    return { does: 'counter', name: null };
  },
  limit: readLimit,
  quota: (words) => ({ does: 'quota', quota: words.skip('name') ? words.word() : readQuota(words) }),
  reject: (words) => ({ does: 'reject', with: readReject(words) }),
  tproxy: readTproxy,
  notrack: () => ({ does: 'notrack' }),
  last: (words) => {
    readLast(words);
    return { does: 'last' };
  },
  log: (words) => {
    skipLog(words);
    return { does: 'log' };
  },
  dup: (words) => after(words, 'dup'),
  fwd: (words) => after(words, 'fwd'),
  synproxy: (words) => after(words, 'synproxy'),
  queue: queueOf,
  flow: (words) => {
    words.take();
    return { does: 'flow', table: words.word().replace(/^@/, '') };
  },
  add: (words) => element(words, 'add'),
  update: (words) => element(words, 'update'),
  delete: (words) => element(words, 'delete'),
  meter: (words) => ({ ...element(words, 'add'), limited: true }),
};

/** One statement of a rule; nothing for a comment. */
export function readStatement(words: Words, notes: Notes): NftStatement | null {
  const word = words.peek();
  if (word !== 'queue' && isVerdict(word)) return { does: 'verdict', verdict: verdictOf(words) };
  if (isNat(word)) return readNat(words);
  if (Object.hasOwn(READERS, word)) {
    words.take();
    return (READERS[word] as Reader)(words, notes);
  }
  if (word === 'ct' && isObject(words)) return readObject(words);
  if (isSelector(words)) return readMatch(words);
  throw new NotUnderstood(`not a statement: ${word.slice(0, 40)}`);
}

const OBJECTS: ReadonlySet<string> = new Set(['helper', 'timeout', 'expectation', 'secmark']);

const isObject = (words: Words): boolean => words.peek(1) === 'count' || (OBJECTS.has(words.peek(1)) && words.peek(2) === 'set');

function readObject(words: Words): NftStatement {
  words.take();
  const of = words.word();
  if (of !== 'count') {
    words.take();
    return { does: 'object', of: `ct ${of}`, name: words.word() };
  }
  const over = words.skip('over') ? 'over ' : '';
  return { does: 'limit', what: `ct count ${over}${words.number()}` };
}

const OPS: Readonly<Record<string, MatchOp>> = {
  '==': '==',
  eq: '==',
  '!=': '!=',
  ne: '!=',
  '<': '<',
  lt: '<',
  '>': '>',
  gt: '>',
  '<=': '<=',
  le: '<=',
  '>=': '>=',
  ge: '>=',
  '!': '!',
};

/** A comparison, a verdict map, or something that is written. */
function readMatch(words: Words): NftStatement {
  const left = readExpression(words);
  if (words.skip('vmap')) return { does: 'vmap', key: left, data: readSetOrName(words) };
  if (words.skip('set')) return { does: 'write', to: left, value: readExpression(words) };
  const written = Object.hasOwn(OPS, words.peek()) ? OPS[words.word()] : undefined;
  const right = readCompared(words);
  if (!words.skip('/')) return { does: 'match', op: written ?? usualOp(left, right), left, right };
  // `tcp flags syn / syn,rst`: the second list is the mask
  const mask = readCompared(words);
  return { does: 'match', op: written ?? '==', left: { is: 'binary', op: '&', left, right: mask }, right };
}

/** Named bits ask whether one of them is set; everything else is compared whole. */
function usualOp(left: NftExpression, right: NftExpression): MatchOp {
  if (typeof right === 'object' && (right.is === 'set' || right.is === 'named')) return '==';
  return isBits(left) ? 'in' : '==';
}

const isBits = (left: NftExpression): boolean =>
  typeof left === 'object' &&
  ((left.is === 'ct' && ['state', 'status', 'event', 'label'].includes(left.key)) ||
    (left.is === 'payload' && left.protocol === 'tcp' && left.field === 'flags'));

function element(words: Words, op: 'add' | 'update' | 'delete'): Extract<NftStatement, { does: 'element' }> {
  const set = words.word().replace(/^@/, '');
  words.expect('{');
  const key = isSelector(words) ? readExpression(words) : readConstants(words);
  let limited = false;
  let seconds: number | undefined;
  for (let depth = 1; depth > 0; ) {
    const word = words.word();
    depth += word === '{' ? 1 : word === '}' ? -1 : 0;
    limited ||= word === 'limit' || word === 'quota' || word === 'count';
    if (word === 'timeout') seconds = readDuration(words);
  }
  return { does: 'element', op, set, key, ...(seconds === undefined ? {} : { timeoutSeconds: seconds }), limited };
}

const LOG: Readonly<Record<string, number>> = { prefix: 1, level: 1, group: 1, snaplen: 1, 'queue-threshold': 1 };

function skipLog(words: Words): void {
  for (;;) {
    const word = words.peek();
    if (word === 'flags') skipFlags(words);
    else if (Object.hasOwn(LOG, word)) {
      words.take();
      words.take();
    } else return;
  }
}

/** `flags all`, `flags tcp sequence,options`, `flags ip options`, `flags skuid`, `flags ether`. */
function skipFlags(words: Words): void {
  words.take();
  const of = words.word();
  if (of !== 'tcp' && of !== 'ip') return;
  words.take();
  while (words.skip(',')) words.take();
}

/** `queue flags bypass,fanout to 1-3`, and as nft before 1.0 wrote it, `queue num 1-3 bypass,fanout`. */
function queueOf(words: Words): NftStatement {
  const told: string[] = [];
  while (!words.isDone && words.peek() !== 'comment') told.push(words.word());
  const text = told.join(' ');
  const numbers = text.replace(/\bflags\b|\bto\b|\bnum\b|\bbypass\b|\bfanout\b|,/g, ' ').trim();
  const range = /^(?:(\d{1,5})(?: ?- ?(\d{1,5}))?)?$/.exec(numbers);
  const [, first = '0', last = first] = range ?? [];
  return { does: 'queue', range: range === null ? null : [Number(first), Number(last)], bypass: /\bbypass\b/.test(text) };
}

/** What ends or copies a packet in a way that nobody follows: its options do not matter. */
function after(words: Words, does: 'dup' | 'fwd' | 'synproxy'): NftStatement {
  while (!words.isDone && words.peek() !== 'comment') words.take();
  return { does };
}
