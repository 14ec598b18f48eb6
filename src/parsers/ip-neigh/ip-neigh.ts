import type { FactOf } from '#facts/kinds';
import { familyOf, parseIp } from '#net/ip';
import { parseMac } from '#net/mac';
import { defineFormat, type Input, type Parsed, type Problem, reading } from '../format.ts';
import { askedOf, coverageUnfiltered } from '../iproute2.ts';
import { linesOf, quoted, readLines, wordsOf } from '../lines.ts';

type Neighbour = FactOf<'neighbour'>;

const STATES: ReadonlySet<string> = new Set('permanent reachable stale delay probe incomplete failed noarp none'.split(' '));

/** A state as any tool writes it; nothing for what is none. */
export function stateOf(word: string | undefined): Neighbour['state'] {
  const name = word?.toLowerCase() ?? '';
  return STATES.has(name) ? (name as Neighbour['state']) : undefined;
}

const HEAD = /^[0-9a-f:.]{2,45} (?:dev \S+ )?.*(?:lladdr|FAILED|STALE|REACHABLE|PERMANENT|INCOMPLETE|NOARP|DELAY|PROBE|proxy)/;

function parse(input: Input): Parsed {
  const asked = askedOf(input);
  const dev = asked.rest[asked.rest.indexOf('dev') + 1];
  const parsed = readLines(input, 'neighbour', (line, origin) => {
    const words = wordsOf(line);
    const address = parseIp(words[0] ?? '');
    const after = (name: string): string | undefined => (words.includes(name) ? words[words.indexOf(name) + 1] : undefined);
    const device = after('dev') ?? (asked.rest.includes('dev') ? dev : undefined);
    if (address === undefined || device === undefined) return `not a neighbour: ${quoted(line)}`;
    const proxy = words.includes('proxy');
    const state = stateOf(words.findLast((word) => STATES.has(word.toLowerCase()) && word === word.toUpperCase()));
    return { dev: device, address, mac: parseMac(after('lladdr') ?? '') ?? null, state, proxy, origin };
  });
  const facts = (parsed.readings[0]?.facts ?? []) as readonly Neighbour[];
  return { readings: [reading('neighbour', facts, neighbourCoverage(input, facts, parsed.problems))], problems: parsed.problems };
}

/**
 * What `ip neigh` covers; `nud all` asks for even more than a listing without it shows. A row that was not understood may be any
 * row, and a list of IPv6's alone, of a command that is not known, is what `ip -6 neigh` prints.
 */
export function neighbourCoverage(input: Input, listed: readonly Neighbour[], problems: readonly Problem[]): true | readonly string[] {
  const asked = askedOf(input);
  if (problems.length > 0 || (!asked.known && listed.length > 0 && listed.every(({ address }) => familyOf(address) === 6))) return [];
  const all = asked.rest.length === 2 && asked.rest[0] === 'nud' && asked.rest[1] === 'all';
  return coverageUnfiltered(input, all ? { ...asked, rest: [] } : asked);
}

/** Text of `ip neigh`. */
export default defineFormat({
  id: 'ip-neigh',
  is: 'text of `ip neigh`, also with -s',
  tells: ['neighbour'],
  recognise: (head) => {
    const first = linesOf(head).find((line) => line.trim() !== '') ?? '';
    return first.length < 500 && HEAD.test(first) ? 0.95 : 0;
  },
  parse,
});
