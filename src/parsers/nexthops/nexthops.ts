import type { FactOf } from '#facts/kinds';
import { parseIp } from '#net/ip';
import type { Origin } from '#snapshot/origin';
import { listAt, member, numberAt, textAt } from '../document.ts';
import { defineFormat, type Input, lineOf, type Parsed, pathOf, type Problem, reading } from '../format.ts';
import { askedOf, coverageUnfiltered } from '../iproute2.ts';
import { jsonHead, jsonList } from '../json-list.ts';
import { linesOf, quoted, wholeNumber, wordsOf } from '../lines.ts';

type Nexthop = FactOf<'nexthop'>;
type Group = Nexthop['group'];

function fromJson(value: unknown, origin: Origin): Nexthop | undefined {
  const id = numberAt(value, 'id');
  if (id === undefined) return undefined;
  const flags = listAt(value, 'flags') ?? [];
  const group = listAt(value, 'group');
  return {
    id,
    dev: textAt(value, 'dev') ?? null,
    via: parseIp(textAt(value, 'gateway') ?? textAt(value, 'via', 'host') ?? '') ?? null,
    group:
      group === undefined
        ? null
        : group.flatMap((one) => {
            const member = numberAt(one, 'id');
            return member === undefined ? [] : [{ id: member, weight: numberAt(one, 'weight') ?? 1 }];
          }),
    blackhole: member(value, 'blackhole') !== undefined,
    fdb: member(value, 'fdb') !== undefined,
    onlink: flags.includes('onlink'),
    dead: flags.includes('dead') || flags.includes('linkdown'),
    origin,
  };
}

/** `1,3/2`: numbers with their weights, 1 where none is written. */
function groupOf(text: string | undefined): Group {
  if (text === undefined) return null;
  return text.split('/').flatMap((part) => {
    const [id, weight = '1'] = part.split(',');
    const [member, share] = [wholeNumber(id), wholeNumber(weight)];
    return member === undefined || share === undefined ? [] : [{ id: member, weight: share }];
  });
}

function fromWords(words: readonly string[], origin: Origin): Nexthop | undefined {
  const after = (name: string): string | undefined => (words.includes(name) ? words[words.indexOf(name) + 1] : undefined);
  const id = wholeNumber(after('id'));
  if (id === undefined) return undefined;
  const via = after('via');
  return {
    id,
    dev: after('dev') ?? null,
    via: parseIp((via === 'inet6' || via === 'inet' ? words[words.indexOf('via') + 2] : via) ?? '') ?? null,
    group: groupOf(after('group')),
    blackhole: words.includes('blackhole'),
    fdb: words.includes('fdb'),
    onlink: words.includes('onlink'),
    dead: words.includes('dead') || words.includes('linkdown'),
    origin,
  };
}

function parse(input: Input): Parsed {
  const facts: Nexthop[] = [];
  const problems: Problem[] = [];
  if (input.text.trimStart().startsWith('[')) {
    const { members, problems: broken } = jsonList(input);
    problems.push(...broken);
    for (const [at, value] of members.entries()) {
      const one = fromJson(value, pathOf(input, `[${at}]`));
      if (one === undefined) problems.push({ line: 1, why: `[${at}] is no next hop object` });
      else facts.push(one);
    }
    if (broken.length > 0) return { readings: [], problems };
  } else {
    for (const [index, line] of linesOf(input.text).entries()) {
      if (line.trim() === '') continue;
      const one = /^id \d/.test(line) ? fromWords(wordsOf(line), lineOf(input, index + 1)) : undefined;
      if (one === undefined) problems.push({ line: index + 1, why: `no next hop object: ${quoted(line)}` });
      else facts.push(one);
    }
  }
  // what was not understood may be any of them
  const covers = problems.length > 0 ? [] : coverageUnfiltered(input, askedOf(input));
  return { readings: [reading('nexthop', facts, covers)], problems };
}

/** The next hop objects that routes may name, as text or JSON. */
export default defineFormat({
  id: 'nexthops',
  is: '`ip nexthop`, text or JSON',
  tells: ['nexthop'],
  recognise: (head) => {
    if (head.trimStart().startsWith('[')) return jsonHead(head, 'id') > 0 && /"(?:gateway|group|blackhole|dev)":/.test(head) ? 0.6 : 0;
    return /^id \d{1,10} (?:via|dev|group|blackhole|fdb|scope)\b/.test(head) ? 1 : 0;
  },
  parse,
});
