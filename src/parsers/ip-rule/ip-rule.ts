import type { Family } from '#net/ip';
import { defineFormat, type Input, type Parsed, reading } from '../format.ts';
import { askedOf } from '../iproute2.ts';
import { routeType } from '../iproute2-numbers.ts';
import { linesOf, quoted, readLines, wholeNumber, wordsOf } from '../lines.ts';
import { familyOfRule, ruleCoverage, ruleOf } from './rule-words.ts';

const HEAD = /^(\d{1,10}):\s+((?:not )?from .*)$/;

const VALUED = new Set(
  'from to iif oif fwmark tos dsfield ipproto sport dport uidrange lookup table goto suppress_prefixlength suppress_ifgroup proto protocol'.split(
    ' ',
  ),
);
const ALONE = new Set(['not', 'unreachable', 'blackhole', 'prohibit', 'nop']);
/** What is said of a rule and does not change what it does. */
const IGNORED = new Set(['[detached]', '[unresolved]']);
/** busybox prints the number of the action by the name of the route type that has the same number. */
const BUSYBOX: ReadonlyMap<string, string> = new Map(Object.entries<string>({ broadcast: 'nop' }));

function wordsOfRule(words: readonly string[]): { told: Map<string, string>; odd: string | undefined } {
  const told = new Map<string, string>();
  let odd: string | undefined;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    const does = at === words.length - 1 && /^[678]$/.test(word) ? routeType(word) : word;
    if (VALUED.has(word)) told.set(word === 'table' ? 'lookup' : word === 'dsfield' ? 'tos' : word, words[++at] ?? '');
    else if (ALONE.has(does)) told.set(does, '');
    else if (told.get('lookup') === 'unspec' && BUSYBOX.has(word)) told.set(BUSYBOX.get(word) ?? '', '');
    else if (!IGNORED.has(word)) odd ??= word;
  }
  return { told, odd };
}

function parse(input: Input): Parsed {
  const asked = askedOf(input);
  // busybox and old iproute2 end the words with a blank, and busybox leaves out what it does not know
  const family = asked.known ? asked.family : familyListed(input.text);
  const silent = linesOf(input.text).some((line) => /^\d{1,10}:\t.* lookup (?:\S+ |unspec \S+)$/.test(line.slice(0, 400)));
  const parsed = readLines(input, 'rule', (line, origin) => {
    const found = line.length > 4000 ? null : HEAD.exec(line);
    const priority = wholeNumber(found?.[1]);
    if (found === null || priority === undefined) return `not a rule: ${quoted(line)}`;
    const text = (found[2] ?? '').trim();
    const { told, odd } = wordsOfRule(wordsOf(text));
    return ruleOf(priority, familyOfRule(told, family), told, odd, text, origin, silent);
  });
  const facts = parsed.readings[0]?.facts ?? [];
  return { readings: [reading('rule', facts as never, parsed.problems.length > 0 ? [] : coverage(input))], problems: parsed.problems };
}

/** A list without the kernel's own first rule, of a command that is not known, is a part; so is one that may be either family's. */
function coverage(input: Input): true | readonly string[] {
  const asked = askedOf(input);
  return asked.known || (/^0:\s/m.test(input.text) && familyListed(input.text) === 4) ? ruleCoverage(input, asked) : [];
}

/**
 * The family of a list whose command is not known: IPv4's ends in the rule for `default`, which IPv6 never had
 * (net/ipv4/fib_rules.c fib_default_rules_init; net/ipv6/fib6_rules.c fib6_rules_net_init).
 */
const familyListed = (text: string): Family => (/^32767:|\s(?:from|to) \d{1,3}\./m.test(text) ? 4 : 6);

/** Text of `ip rule`. */
export default defineFormat({
  id: 'ip-rule',
  is: 'text of `ip rule`',
  tells: ['rule'],
  recognise: (head) => {
    const first = linesOf(head).find((line) => line.trim() !== '') ?? '';
    return first.length < 1000 && HEAD.test(first) ? 1 : 0;
  },
  parse,
});
