import type { FactOf } from '#facts/kinds';
import { parseAddressWithLength } from '#net/cidr';
import { familyOf, parseIp } from '#net/ip';
import type { Origin } from '#snapshot/origin';
import { scopeName } from '../iproute2-numbers.ts';

type Address = FactOf<'address'>;

const PAIRS = new Set(['peer', 'brd', 'any', 'scope', 'metric', 'proto']);

/** `inet 10.0.0.1/24 brd 10.0.0.255 scope global secondary eth0:1`. Nothing when it is no such line, or not the whole of one. */
export function addressOf(dev: string, words: readonly string[], origin: Origin): Address | undefined {
  const told = new Map<string, string>();
  const flags: string[] = [];
  for (let at = 2; at < words.length; at++) {
    const word = words[at] ?? '';
    const value = PAIRS.has(word) ? words[++at] : word;
    if (value === undefined) return undefined; // cut off in the middle of a pair
    if (PAIRS.has(word)) told.set(word, value);
    else flags.push(word);
  }
  const peer = told.get('peer');
  const own = parseAddressWithLength(words[1] ?? '');
  const far = peer === undefined ? undefined : parseAddressWithLength(peer);
  if (own === undefined || (peer !== undefined && far === undefined)) return undefined;
  const four = familyOf(own.address) === 4;
  return {
    dev,
    address: own.address,
    length: far?.length ?? own.length,
    peer: far?.address ?? null,
    broadcast: parseIp(told.get('brd') ?? '') ?? null,
    scope: scopeName(told.get('scope')),
    secondary: flags.includes('secondary'),
    deprecated: flags.includes('deprecated'),
    tentative: flags.includes('tentative'),
    duplicate: flags.includes('dadfailed'),
    temporary: flags.includes('temporary'),
    noPrefixRoute: flags.includes('noprefixroute'),
    label: four ? (flags.at(-1) ?? null) : null,
    origin,
  };
}
