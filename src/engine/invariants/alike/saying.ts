import { type Cidr, holderOf, lengthOf, parseCidr } from '#net/cidr';
import type { Ip } from '#net/ip';
import { PrefixTable } from '#net/prefix-table';
import type { Identity } from './identity.ts';

/** A word that may be somebody's address or MAC. */
type Token = { readonly is: 'token'; readonly text: string };
type Prefix = { readonly is: 'prefix'; readonly prefix: Cidr; readonly holds: (address: Ip) => boolean };

/** One thing that a machine holds: what it says of whom between what it says of nobody. */
export type Saying = readonly (string | Token | Prefix)[];

const ADDRESS = /^[0-9a-f]*[.:][0-9a-f.:]+(?:\/\d{1,3})?$/i;

/** Anything that can be written as JSON. */
export function sayingOf(thing: object): Saying {
  const saying: (string | Token | Prefix)[] = [];
  let plain = '';
  for (const word of JSON.stringify(thing).split('"')) {
    if (!ADDRESS.test(word)) plain += `"${word}`;
    else {
      const prefix = word.includes('/') ? parseCidr(word) : undefined;
      saying.push(plain, prefix === undefined ? { is: 'token', text: word } : { is: 'prefix', prefix, holds: holderOf(prefix) });
      plain = '';
    }
  }
  return [...saying, plain];
}

/** Things that a machine holds, found by whom they speak of. */
export class Sayings {
  readonly #exact = new Map<string, Saying[]>();
  readonly #prefixes: PrefixTable<Saying>;
  readonly #own: Identity;

  constructor(said: readonly Saying[], own: Identity) {
    this.#own = own;
    const prefixes: (readonly [Cidr, Saying])[] = [];
    for (const saying of said) {
      for (const word of saying) {
        if (typeof word === 'string') continue;
        if (word.is === 'prefix') prefixes.push([word.prefix, saying]);
        else this.#put(word.text, saying);
      }
    }
    this.#prefixes = new PrefixTable(prefixes);
  }

  #put(word: string, saying: Saying): void {
    const known = this.#exact.get(word);
    if (known === undefined) this.#exact.set(word, [saying]);
    else known.push(saying);
  }

  /** All that is said of somebody, its addresses called by what they are to it: of two that are alike the same is said. */
  of(identity: Identity): string {
    const said = new Set<Saying>();
    for (const token of identity.names.keys()) for (const saying of this.#exact.get(token) ?? []) said.add(saying);
    for (const [address] of identity.addresses)
      for (const group of this.#prefixes.matches(address)) for (const saying of group) said.add(saying);
    return [...new Set([...said].map((saying) => textOf(saying, identity, this.#own)))].toSorted().join('\n');
  }
}

/** The words of a saying as they are meant of somebody, or else of who says it. */
export function textOf(saying: Saying, of: Identity, own: Identity): string {
  let text = '';
  for (const word of saying) text += typeof word === 'string' ? word : (nameOf(word, of) ?? ownNameOf(word, own));
  return text;
}

function ownNameOf(word: Token | Prefix, own: Identity): string {
  const name = nameOf(word, own);
  return name === undefined ? (word.is === 'token' ? word.text : word.prefix) : `own ${name}`;
}

/** What a word is to somebody. A prefix is told by its length and by what lies in it: each machine has prefixes of its own. */
function nameOf(word: Token | Prefix, { names, addresses }: Identity): string | undefined {
  if (word.is === 'token') return names.get(word.text);
  const inside = addresses.find(([address]) => word.holds(address));
  return inside === undefined ? undefined : `/${lengthOf(word.prefix)} around ${inside[1]}`;
}
