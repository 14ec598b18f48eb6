import type { FactOf } from '#facts/kinds';
import type { Origin } from '#snapshot/origin';
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

const [BANG, DASH] = [33, 45] as const;
const [D, F, G, I, J, M, O, P, S] = [100, 102, 103, 105, 106, 109, 111, 112, 115] as const;
const OWN_LETTERS: ReadonlySet<number> = new Set([D, F, G, I, J, M, O, P, S]);

/** The long names of a rule's own options; each begins with the letter of its short one. */
const LONG: ReadonlySet<string> = new Set([
  '--source',
  '--src',
  '--destination',
  '--dst',
  '--in-interface',
  '--out-interface',
  '--protocol',
  '--proto',
  '--fragment',
  '--match',
  '--jump',
  '--goto',
]);
const LONGEST = 15;

/** Whether a negation stands here. */
export const isBang = (words: Words, at: number): boolean => words.length(at) === 1 && words.code(at, 0) === BANG;

/** The letter of the rule's own option that stands here, short or long; 0: none does. */
function letterOf(words: Words, at: number): number {
  if (words.code(at, 0) !== DASH) return 0;
  const length = words.length(at);
  const letter = words.code(at, length === 2 ? 1 : 2);
  return OWN_LETTERS.has(letter) && (length === 2 || (length <= LONGEST && LONG.has(words.at(at)))) ? letter : 0;
}

/** Whether an option of the rule itself stands here, or a negation of one: where the extension before it ends. */
function isOwn(words: Words, at: number): boolean {
  if (isBang(words, at)) return !isBang(words, at + 1) && isOwn(words, at + 1);
  return letterOf(words, at) !== 0;
}

function readOptions(words: Words, rule: Draft, shared: Shared): void {
  let not = false;
  for (let at = 0; at < words.count; ) {
    if (isBang(words, at)) {
      not = true;
      at++;
      continue;
    }
    const letter = letterOf(words, at);
    if (letter === M) at = readMatch(words, at, rule, shared);
    else if (letter === J || letter === G) at = readTarget(words, at, letter === J ? 'jump' : 'goto', rule, shared);
    else if (letter === F) {
      rule.fragment = { value: true, not };
      at++;
    } else {
      const late = isBang(words, at + 1) ? 1 : 0; // iptables before 1.4.12 wrote `-s ! ADDRESS`
      if (!readPlain(letter, at + 1 + late, not || late === 1, rule, shared))
        rule.problem ??= `not understood: ${words.at(at).slice(0, 80)}`;
      at += 2 + late;
    }
    not = false;
  }
  if (not) rule.problem ??= 'a negation of nothing';
}

function readPlain(letter: number, at: number, not: boolean, rule: Draft, shared: Shared): boolean {
  const { words } = shared;
  if (letter === S || letter === D) {
    const prefix = shared.prefix(at, not);
    if (prefix === null) rule.problem ??= `not a prefix: ${words.at(at).slice(0, 80)}`;
    else if (letter === S) rule.source = prefix;
    else rule.destination = prefix;
    return true;
  }
  if (words.isEmpty(at)) return false;
  if (letter === I) rule.in = shared.plain(at, not);
  else if (letter === O) rule.out = shared.plain(at, not);
  else if (letter === P) rule.protocol = words.is(at, 'all') || words.is(at, '0') ? null : shared.protocol(at, not);
  else return false;
  return true;
}

function readMatch(words: Words, at: number, rule: Draft, shared: Shared): number {
  const end = endOfExtension(words, at + 2);
  if (words.isEmpty(at + 1)) rule.problem ??= 'a match without a name';
  const match = isComment(words, at + 1, end)
    ? shared.comment(at + 1, end)
    : shared.matches.of(words, at + 1, end, () => ({ name: words.at(at + 1), options: optionsOf(words, at + 2, end) }));
  rule.matches = withOneMore(rule.matches, match);
  return end;
}

/** An array that grows, or is spread, takes room for sixteen more: too much for half a million rules. */
function withOneMore(matches: readonly Match[], match: Match): Match[] {
  const [first, second] = [matches[0], matches[1]];
  if (first === undefined) return [match];
  if (second === undefined) return [first, match];
  return matches.length === 2 ? [first, second, match] : [...matches, match];
}

/** `comment --comment TEXT`, as nearly every rule of kube-proxy has it; anything else of that match is read word by word. */
const isComment = (words: Words, at: number, end: number): boolean =>
  end === at + 3 && words.is(at, 'comment') && words.is(at + 1, '--comment');

function readTarget(words: Words, at: number, does: 'jump' | 'goto', rule: Draft, shared: Shared): number {
  const end = endOfExtension(words, at + 2);
  if (words.isEmpty(at + 1)) rule.problem ??= 'a target without a name';
  if (rule.target !== null) rule.problem ??= 'two targets';
  // chains are nearly as many as rules
  if (end === at + 2) rule.target = { does, name: words.at(at + 1), options: NO_OPTIONS };
  else rule.target = shared.targets.of(words, at, end, () => ({ does, name: words.at(at + 1), options: optionsOf(words, at + 2, end) }));
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

const FREE_LENGTHS: ReadonlySet<number> = new Set([...FREE_TEXT].map(({ length }) => length));

// a word is made only where it may be one of them
const takesFreeText = (words: Words, at: number): boolean =>
  words.is(at, '--comment') || (FREE_LENGTHS.has(words.length(at)) && FREE_TEXT.has(words.at(at)));

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
