import type { NftElement, NftExpression, NftRule, NftStatement, NftVerdict } from '#facts/nft/nft';
import { baseOf, type Cidr, cidrFamily, lengthOf } from '#net/cidr';
import { ORIGIN } from '../written-rule.ts';

/** How nft calls the headers of a family, and the table. */
export type Headers = 'ip' | 'ip6';

/** A part of a rule: its words, and what it does. */
export type Part = { readonly text: string; readonly does: NftStatement };

/** A rule as nft lists it, and as its parser reads it. */
export const nftRule = (parts: readonly Part[], comment: string | null = null): NftRule => ({
  origin: ORIGIN,
  text: [...parts.map(({ text }) => text), ...(comment === null ? [] : [`comment "${comment}"`])].join(' '),
  handle: undefined,
  statements: parts.map(({ does }) => does),
  comment,
  counters: null,
});

export const verdictOf = (verdict: NftVerdict['verdict'], chain: string | null = null): NftVerdict => ({ is: 'verdict', verdict, chain });

/** Ends the rule: `drop`, `jump CHAIN`. */
export const verdict = (what: NftVerdict['verdict'], chain: string | null = null): Part => ({
  text: chain === null ? what : `${what} ${chain}`,
  does: { does: 'verdict', verdict: verdictOf(what, chain) },
});

/** `payload ip saddr` and its like. */
export const address = (headers: Headers, field: 'saddr' | 'daddr'): NftExpression => ({ is: 'payload', protocol: headers, field });

/** Whether an address of the packet is this one, in this prefix, or in this set. */
export const where = (headers: Headers, field: 'saddr' | 'daddr', value: Constant, not = false): Part => ({
  text: `${headers} ${field} ${not ? '!= ' : ''}${value.text}`,
  does: { does: 'match', op: not ? '!=' : '==', left: address(headers, field), right: value.is },
});

/** What a rule compares with, as nft prints it. */
export type Constant = { readonly text: string; readonly is: NftExpression };

export const plain = (text: string): Constant => ({ text, is: text });
export const named = (set: string): Constant => ({ text: `@${set}`, is: { is: 'named', set } });

/** A prefix; one of a single address is printed as that address. */
export const prefix = (value: Cidr): Constant =>
  lengthOf(value) === (cidrFamily(value) === 4 ? 32 : 128)
    ? plain(baseOf(value))
    : { text: value, is: { is: 'prefix', of: baseOf(value), length: lengthOf(value) } };

/** `ip daddr . meta l4proto . th dport vmap @MAP`, or by protocol and port alone. */
export function lookUp(headers: Headers | null, map: string): Part {
  const l4: readonly NftExpression[] = [
    { is: 'meta', key: 'l4proto' },
    { is: 'payload', protocol: 'th', field: 'dport' },
  ];
  const parts = headers === null ? l4 : [address(headers, 'daddr'), ...l4];
  return {
    text: `${headers === null ? '' : `${headers} daddr . `}meta l4proto . th dport vmap @${map}`,
    does: { does: 'vmap', key: { is: 'concat', parts }, data: { is: 'named', set: map } },
  };
}

/** Picks one of so many chains by chance. */
export const byChance = (chains: readonly string[]): Part => ({
  text: `numgen random mod ${chains.length} vmap { ${chains.map((chain, at) => `${at} : goto ${chain}`).join(', ')} }`,
  does: {
    does: 'vmap',
    key: { is: 'numgen', mode: 'random', modulus: chains.length, offset: 0 },
    data: { is: 'set', elements: chains.map((chain, at): NftElement => ({ key: at, data: verdictOf('goto', chain) })) },
  },
});
