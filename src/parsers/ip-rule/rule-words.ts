import type { FactOf } from '#facts/kinds';
import { type Cidr, parseCidr } from '#net/cidr';
import type { Family } from '#net/ip';
import type { Origin } from '#snapshot/origin';
import type { Input } from '../format.ts';
import { tableName } from '../ip-route/route-words.ts';
import { type Asked, coverageUnfiltered } from '../iproute2.ts';
import { wholeNumber } from '../lines.ts';

export type Rule = FactOf<'rule'>;
type Action = Rule['action'];
export type Range = readonly [number, number];

/** The parts of a rule as words, whatever the form: a value, or an empty text for a word alone. */
export type RuleWords = ReadonlyMap<string, string>;

const PROTOCOLS: ReadonlyMap<string, number> = new Map(
  Object.entries<number>({
    icmp: 1,
    igmp: 2,
    ipip: 4,
    ipencap: 4,
    tcp: 6,
    udp: 17,
    gre: 47,
    esp: 50,
    ah: 51,
    'ipv6-icmp': 58,
    sctp: 132,
  }),
);

/** A number, or the name that /etc/protocols has for it. */
export const protocolNumber = (text: string): number | undefined => wholeNumber(text) ?? PROTOCOLS.get(text);

/** The family whose rules a listing shows fully; without one `ip rule` lists IPv4's. */
export const ruleCoverage = (input: Input, asked: Asked): readonly string[] =>
  coverageUnfiltered(input, { ...asked, family: undefined }) === true ? [String(asked.family ?? 4)] : [];

export function rangeOf(text: string | undefined): Range | null | undefined {
  if (text === undefined) return null;
  const [first, last = first] = text.split('-');
  const from = wholeNumber(first);
  const to = wholeNumber(last);
  return from === undefined || to === undefined ? undefined : [from, to];
}

const prefixOf = (text: string | undefined): Cidr | null => (text === undefined || text === 'all' ? null : (parseCidr(text) ?? null));

const isPrefix = (text: string | undefined): boolean => text === undefined || text === 'all' || parseCidr(text) !== undefined;

const MARK = /^(0x[0-9a-f]{1,8}|\d{1,10})(?:\/(0x[0-9a-f]{1,8}|\d{1,10}))?$/i;

function markOf(text: string | undefined): Rule['mark'] {
  if (text === undefined) return null;
  const [, value, mask = '0xffffffff'] = MARK.exec(text) ?? [];
  return value === undefined ? undefined : { value: Number(value), mask: Number(mask) };
}

/** A rule out of its words. `odd` are words that are not understood: the rule's action is then not known. */
export function ruleOf(
  priority: number,
  family: Family,
  words: RuleWords,
  odd: string | undefined,
  text: string,
  origin: Origin,
  silent = false,
): Rule {
  const absent = silent ? undefined : null;
  const own = <T>(name: string, read: (value: string) => T): T | null | undefined => {
    const value = words.get(name);
    return value === undefined ? absent : read(value);
  };
  const tos = words.get('tos');
  const broken =
    ['from', 'to'].some((name) => !isPrefix(words.get(name))) ||
    ['sport', 'dport', 'uidrange'].some((name) => rangeOf(words.get(name)) === undefined);
  return {
    family,
    priority,
    not: words.has('not') ? true : silent ? undefined : false,
    from: prefixOf(words.get('from')),
    to: prefixOf(words.get('to')),
    iif: words.get('iif') ?? null,
    oif: own('oif', (value) => value),
    mark: markOf(words.get('fwmark')),
    tos: tos === undefined ? null : (wholeNumber(tos) ?? (/^0x[0-9a-f]{1,2}$/i.test(tos) ? Number(tos) : undefined)),
    ipProto: own('ipproto', protocolNumber),
    sourcePorts: own('sport', rangeOf),
    destinationPorts: own('dport', rangeOf),
    uidRange: own('uidrange', rangeOf),
    suppressPrefixLength: words.has('suppress_prefixlength') ? wholeNumber(words.get('suppress_prefixlength')) : null,
    suppressGroup: words.get('suppress_ifgroup') ?? absent,
    action: odd === undefined && !broken ? actionOf(words, text) : { does: 'unknown', text },
    origin,
  };
}

function actionOf(words: RuleWords, text: string): Action {
  for (const does of ['unreachable', 'blackhole', 'prohibit', 'nop'] as const) if (words.has(does)) return { does };
  const far = wholeNumber(words.get('goto'));
  if (far !== undefined) return { does: 'goto', priority: far };
  const table = words.get('lookup');
  if (words.has('l3mdev') || table === '[l3mdev-table]') return { does: 'lookup of its VRF' };
  return table === undefined || table.startsWith('[') || table === 'unspec'
    ? { does: 'unknown', text }
    : { does: 'lookup', table: tableName(table) };
}

/** The family of a rule: that of its addresses, else the one that was asked for. */
export const familyOfRule = (words: RuleWords, asked: Family | undefined): Family =>
  [words.get('from'), words.get('to')].some((text) => text?.includes(':') === true) ? 6 : (asked ?? 4);
