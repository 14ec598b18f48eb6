import type { FactOf } from '#facts/kinds';
import type { Origin } from '#snapshot/origin';
import { protocolName } from './protocols.ts';
import type { Shared } from './shared.ts';
import type { Words } from './words.ts';

export type IptablesTable = FactOf<'iptables'>;
export type Chain = IptablesTable['chains'][number];
export type Rule = Chain['rules'][number];
export type Counters = NonNullable<Rule['counters']>;
type Match = Rule['matches'][number];
type Option = Match['options'][number];

/** A rule while its words are read. */
type Draft = { -readonly [Name in keyof Rule]: Name extends 'matches' ? Match[] : Rule[Name] };

/** Shared by all rules without one, and never written to. */
const NO_MATCHES: Match[] = [];
const NO_OPTIONS: readonly Option[] = [];

/** The words between two positions, behind `-A CHAIN`, as a rule. What is not understood is said in its `problem`. */
export function ruleOf(
  dump: string,
  from: number,
  to: number,
  text: string,
  counters: Counters | undefined,
  origin: Origin,
  shared: Shared,
): Rule {
  const rule: Draft = {
    origin,
    text,
    counters,
    source: null,
    destination: null,
    in: null,
    out: null,
    protocol: null,
    fragment: null,
    matches: NO_MATCHES,
    target: null,
    problem: null,
  };
  const { words } = shared;
  words.read(dump, from, to);
  readOptions(words, rule, shared);
  if (words.cut) rule.problem = 'too many words';
  return rule;
}

const DASH = 45;
const BANG = 33;
/** s d i o p f m j g */
const OWN_LETTERS = new Set([115, 100, 105, 111, 112, 102, 109, 106, 103]);

const LONG: ReadonlyMap<string, string> = new Map([
  ['--source', '-s'],
  ['--src', '-s'],
  ['--destination', '-d'],
  ['--dst', '-d'],
  ['--in-interface', '-i'],
  ['--out-interface', '-o'],
  ['--protocol', '-p'],
  ['--proto', '-p'],
  ['--fragment', '-f'],
  ['--match', '-m'],
  ['--jump', '-j'],
  ['--goto', '-g'],
]);

/** Whether a negation stands here. */
export const isBang = (words: Words, at: number): boolean => words.length(at) === 1 && words.code(at, 0) === BANG;

/** Whether an option of the rule itself stands here, or a negation of one: where the extension before it ends. */
function isOwn(words: Words, at: number): boolean {
  const first = words.code(at, 0);
  if (first === BANG) return words.length(at) === 1 && !isBang(words, at + 1) && isOwn(words, at + 1);
  if (first !== DASH) return false;
  if (words.length(at) === 2) return OWN_LETTERS.has(words.code(at, 1));
  // every long name begins with the letter of its short one
  return words.length(at) <= 15 && OWN_LETTERS.has(words.code(at, 2)) && LONG.has(words.at(at));
}

function readOptions(words: Words, rule: Draft, shared: Shared): void {
  let not = false;
  for (let at = 0; at < words.count; ) {
    if (isBang(words, at)) {
      not = true;
      at++;
      continue;
    }
    const word = words.at(at);
    const option = LONG.get(word) ?? word;
    if (option === '-m') at = readMatch(words, at, rule, shared);
    else if (option === '-j' || option === '-g') at = readTarget(words, at, option, rule, shared);
    else if (option === '-f') {
      rule.fragment = { value: true, not };
      at++;
    } else {
      const late = isBang(words, at + 1) ? 1 : 0; // iptables before 1.4.12 wrote `-s ! ADDRESS`
      if (!readPlain(option, words.at(at + 1 + late), not || late === 1, rule, shared))
        rule.problem ??= `not understood: ${word.slice(0, 80)}`;
      at += 2 + late;
    }
    not = false;
  }
  if (not) rule.problem ??= 'a negation of nothing';
}

function readPlain(option: string, value: string, not: boolean, rule: Draft, shared: Shared): boolean {
  if (option === '-s' || option === '-d') {
    const prefix = shared.prefix(value, not);
    if (prefix === null) rule.problem ??= `not a prefix: ${value.slice(0, 80)}`;
    else if (option === '-s') rule.source = prefix;
    else rule.destination = prefix;
    return true;
  }
  if (value === '') return false;
  if (option === '-i') rule.in = shared.negatable(value, not);
  else if (option === '-o') rule.out = shared.negatable(value, not);
  else if (option === '-p') rule.protocol = value === 'all' || value === '0' ? null : shared.negatable(protocolName(value), not);
  else return false;
  return true;
}

function readMatch(words: Words, at: number, rule: Draft, shared: Shared): number {
  const end = endOfExtension(words, at + 2);
  if (words.at(at + 1) === '') rule.problem ??= 'a match without a name';
  // comments are as many as rules
  const match = words.is(at + 1, 'comment')
    ? commentOf(words, at + 2, end)
    : shared.match(words.raw(at + 1, end), () => ({ name: words.at(at + 1), options: optionsOf(words, at + 2, end) }));
  rule.matches = withOneMore(rule.matches, match);
  return end;
}

/** An array that grows, or is spread, takes room for sixteen more: too much for half a million rules. */
function withOneMore(matches: readonly Match[], match: Match): Match[] {
  const [first, second] = matches;
  if (first === undefined) return [match];
  if (second === undefined) return [first, match];
  return matches.length === 2 ? [first, second, match] : [...matches, match];
}

/** `--comment TEXT`, as nearly every rule of kube-proxy has it; anything else of that match word by word. */
function commentOf(words: Words, from: number, to: number): Match {
  const plain = to === from + 2 && words.is(from, '--comment');
  return {
    name: 'comment',
    options: plain ? [{ name: '--comment', not: false, values: [words.at(from + 1)] }] : optionsOf(words, from, to),
  };
}

function readTarget(words: Words, at: number, option: string, rule: Draft, shared: Shared): number {
  const end = endOfExtension(words, at + 2);
  const name = words.at(at + 1);
  if (name === '') rule.problem ??= 'a target without a name';
  if (rule.target !== null) rule.problem ??= 'two targets';
  const does = option === '-j' ? 'jump' : 'goto';
  // chains are nearly as many as rules
  if (end === at + 2) rule.target = { does, name, options: NO_OPTIONS };
  else rule.target = shared.target(words.raw(at, end), () => ({ does, name, options: optionsOf(words, at + 2, end) }));
  return end;
}

/** Options whose one value is any text, even one that looks like an option. */
const FREE_TEXT = new Set([
  '--comment',
  '--log-prefix',
  '--nflog-prefix',
  '--ulog-prefix',
  '--string',
  '--hex-string',
  '--bytecode',
  '--u32',
  '--path',
]);

const takesFreeText = (words: Words, at: number): boolean => words.is(at, '--comment') || FREE_TEXT.has(words.at(at));

const isLongName = (words: Words, at: number): boolean => words.code(at, 0) === DASH && words.code(at, 1) === DASH;

/** Where the options of a match or target end that begin here. */
export function endOfExtension(words: Words, from: number): number {
  let at = from;
  while (at < words.count && !isOwn(words, at)) at += isLongName(words, at) && takesFreeText(words, at) ? 2 : 1;
  return Math.min(at, words.count);
}

const isShortName = (words: Words, at: number): boolean => words.code(at, 0) === DASH && words.length(at) === 2 && !/\d/.test(words.at(at));

function optionsOf(words: Words, from: number, to: number): readonly Option[] {
  if (from >= to) return NO_OPTIONS;
  const options: { name: string; not: boolean; values: string[] }[] = [];
  let not = false;
  for (let at = from; at < to; at++) {
    if (isBang(words, at)) {
      not = true;
      continue;
    }
    const word = words.at(at);
    const last = options.at(-1);
    if (isLongName(words, at) || isShortName(words, at)) {
      const values = FREE_TEXT.has(word) && at + 1 < to ? [words.at(++at)] : [];
      options.push({ name: word, not, values });
    } else if (last === undefined) options.push({ name: '', not, values: [word] });
    else {
      last.values.push(word);
      last.not ||= not; // `--ctstate ! NEW` of old iptables
    }
    not = false;
  }
  return options;
}
