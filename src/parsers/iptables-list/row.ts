import { everything, parseCidr } from '#net/cidr';
import type { Family } from '#net/ip';
import type { Origin } from '#snapshot/origin';
import { protocolName } from '../iptables-save/protocols.ts';
import type { Counters, Rule } from '../iptables-save/rule.ts';
import { wholeNumber } from '../lines.ts';
import { tailOf } from './phrases.ts';

/** What the headings of a chain say that its rows hold. */
export type Columns = { readonly numbered: boolean; readonly counted: boolean };

type Word = { readonly text: string; readonly end: number };

/** The first words of a line with the places where they end: so many as a row can need. */
function firstWords(line: string): readonly Word[] {
  const words: Word[] = [];
  for (const found of line.matchAll(/\S+/g)) {
    words.push({ text: found[0], end: found.index + found[0].length });
    if (words.length === 12) break;
  }
  return words;
}

const negatable = <T>(text: string, value: (text: string) => T): { value: T; not: boolean } =>
  text.startsWith('!') ? { value: value(text.slice(1)), not: true } : { value: value(text), not: false };

/** An address column: anything at all is no condition. */
function addressOf(text: string, family: Family): Rule['source'] | undefined {
  const bare = text.replace(/^!/, '');
  if (bare === 'anywhere') return null;
  const prefix = parseCidr(bare);
  if (prefix === undefined) return undefined;
  return prefix === everything(family) && !text.startsWith('!') ? null : { value: prefix, not: text.startsWith('!') };
}

function deviceOf(text: string | undefined): Rule['in'] {
  return text === undefined || text === '*' || text === 'any' ? null : negatable(text, (name) => name);
}

/** Counters, exact only where no unit shortens them. */
function countersOf(packets: string | undefined, bytes: string | undefined): Counters | undefined {
  const [one, other] = [wholeNumber(packets), wholeNumber(bytes)];
  return one === undefined || other === undefined ? undefined : { packets: one, bytes: other };
}

/** Where the two address columns begin: the first two words in a row that are addresses, behind protocol and devices. */
function addressesAt(words: readonly Word[], from: number, family: Family): number {
  for (let at = from; at + 1 < words.length; at++) {
    if (addressOf(words[at]?.text ?? '', family) !== undefined && addressOf(words[at + 1]?.text ?? '', family) !== undefined) return at;
  }
  return -1;
}

/** One row of `iptables -L`. Nothing when it is none. */
export function rowOf(line: string, columns: Columns, family: Family, origin: Origin): Rule | undefined {
  const words = firstWords(line);
  const text = (at: number): string | undefined => words[at]?.text;
  const counted = columns.numbered ? 1 : 0;
  const first = counted + (columns.counted ? 2 : 0);
  const addresses = addressesAt(words, first + 1, family);
  if (addresses < 0) return undefined;
  let before = addresses - (columns.counted ? 2 : 0);
  const fragment = /^(?:--|!?-f|!f)$/.test(text(before - 1) ?? '') ? text(--before) : undefined;
  const protocol = text(before - 1) ?? '';
  const name = before - 1 > first ? text(first) : undefined;
  if (before - 1 < first || before - 1 > first + 1) return undefined;
  const named = negatable(protocol, protocolName);
  const tail = tailOf(line.slice(words[addresses + 1]?.end ?? line.length), named.value);
  const blind = columns.counted ? null : 'without -v the devices are not told';
  return {
    origin,
    text: line.trim(),
    counters: columns.counted ? countersOf(text(counted), text(counted + 1)) : undefined,
    source: addressOf(text(addresses) ?? '', family) ?? null,
    destination: addressOf(text(addresses + 1) ?? '', family) ?? null,
    in: columns.counted ? deviceOf(text(addresses - 2)) : null,
    out: columns.counted ? deviceOf(text(addresses - 1)) : null,
    protocol: named.value === 'all' || named.value === '0' ? null : named,
    fragment: fragment?.includes('f') === true ? { value: true, not: fragment.includes('!') } : null,
    matches: tail.matches,
    target: name === undefined ? null : { does: tail.goto ? 'goto' : 'jump', name, options: targetOptions(name, tail.target) },
    problem: tail.rest !== '' ? `not understood in this form: ${tail.rest.slice(0, 80)}` : blind,
  };
}

const TO: ReadonlyMap<string, string> = new Map(Object.entries<string>({ DNAT: '--to-destination', SNAT: '--to-source', NETMAP: '--to' }));

const targetOptions = (target: string, options: NonNullable<Rule['target']>['options']): NonNullable<Rule['target']>['options'] =>
  options.map((option) => (option.name === 'to' ? { ...option, name: TO.get(target) ?? '--to' } : option));
