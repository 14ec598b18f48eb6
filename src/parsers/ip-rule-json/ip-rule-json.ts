import type { Family } from '#net/ip';
import { member, numberAt, textAt } from '../document.ts';
import { defineFormat, type Input, type Parsed, pathOf, type Problem, reading } from '../format.ts';
import { familyOfRule, type Rule, ruleCoverage, ruleOf } from '../ip-rule/rule-words.ts';
import { askedOf } from '../iproute2.ts';
import { jsonHead, jsonList } from '../json-list.ts';

/** Names that say nothing of what the rule does. */
const IGNORED = new Set('priority src srclen dst dstlen fwmark fwmask protocol iif_detached oif_detached unresolved'.split(' '));
const VALUED: ReadonlyMap<string, string> = new Map(
  Object.entries<string>({
    table: 'lookup',
    iif: 'iif',
    oif: 'oif',
    tos: 'tos',
    ipproto: 'ipproto',
    goto: 'goto',
    suppress_prefixlen: 'suppress_prefixlength',
    suppress_ifgroup: 'suppress_ifgroup',
    sport: 'sport',
    dport: 'dport',
  }),
);
const RANGES: Readonly<Record<string, readonly [string, string]>> = {
  sport: ['sport_start', 'sport_end'],
  dport: ['dport_start', 'dport_end'],
  uidrange: ['uid_start', 'uid_end'],
};
const ACTIONS = new Set(['unreachable', 'blackhole', 'prohibit', 'nop']);

const scalar = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined;

/** The rule's parts under the names that the text form has. */
function wordsOfRule(value: object): { told: Map<string, string>; odd: string | undefined } {
  const told = new Map<string, string>();
  let odd: string | undefined;
  for (const [end, length, name] of [
    ['src', 'srclen', 'from'],
    ['dst', 'dstlen', 'to'],
  ] as const) {
    const address = textAt(value, end);
    if (address !== undefined) told.set(name, numberAt(value, length) === undefined ? address : `${address}/${numberAt(value, length)}`);
  }
  const mark = scalar(member(value, 'fwmark'));
  const mask = scalar(member(value, 'fwmask'));
  if (mark !== undefined) told.set('fwmark', mask === undefined ? mark : `${mark}/${mask}`);
  const ranged = new Set<string>();
  for (const [name, [start, end]] of Object.entries(RANGES)) {
    const [first, last] = [numberAt(value, start), numberAt(value, end)];
    if (first !== undefined && last !== undefined) told.set(name, `${first}-${last}`);
    ranged.add(start).add(end);
  }
  for (const [name, given] of Object.entries(value)) {
    const word = VALUED.get(name);
    const text = scalar(given);
    if (word !== undefined && text !== undefined) told.set(word, text);
    else if (name === 'not' || name === 'nop' || name === 'l3mdev') told.set(name, '');
    else if (name === 'action' && text !== undefined && ACTIONS.has(text)) told.set(text, '');
    else if (/^[sd]port_mask$/.test(name) && text === '0xffff')
      continue; // asks for the whole port
    else if (!IGNORED.has(name) && !ranged.has(name)) odd ??= name;
  }
  return { told, odd };
}

function parse(input: Input): Parsed {
  const { members, problems: broken } = jsonList(input);
  const asked = askedOf(input);
  const family = asked.known ? asked.family : familyListed(members);
  const problems: Problem[] = [...broken];
  const rules: Rule[] = [];
  for (const [at, value] of members.entries()) {
    const priority = numberAt(value, 'priority');
    if (typeof value === 'object' && value !== null && priority !== undefined) {
      const { told, odd } = wordsOfRule(value);
      rules.push(ruleOf(priority, familyOfRule(told, family), told, odd, JSON.stringify(value), pathOf(input, `[${at}]`)));
    } else problems.push({ line: 1, why: `[${at}] is no rule` });
  }
  if (broken.length > 0) return { readings: [], problems };
  const whole = asked.known || (rules[0]?.priority === 0 && family === 4);
  return { readings: [reading('rule', rules, whole && problems.length === 0 ? ruleCoverage(input, asked) : [])], problems };
}

/** As in ip-rule: IPv4's list alone ends in the rule for `default`. */
const familyListed = (members: readonly unknown[]): Family =>
  members.some((rule) => numberAt(rule, 'priority') === 32767 || /^\d{1,3}\./.test(textAt(rule, 'src') ?? textAt(rule, 'dst') ?? ''))
    ? 4
    : 6;

/** JSON of `ip rule`. */
export default defineFormat({
  id: 'ip-rule-json',
  is: 'JSON of `ip rule`',
  tells: ['rule'],
  recognise: (head) => jsonHead(head, 'priority', 'src'),
  parse,
});
