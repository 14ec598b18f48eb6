import type { FactOf } from '#facts/kinds';
import { type Cidr, everything, parseCidr } from '#net/cidr';
import type { Family } from '#net/ip';
import { protocolName } from './protocols.ts';
import { Remembered } from './remembered.ts';
import { Words } from './words.ts';

type Rule = FactOf<'iptables'>['chains'][number]['rules'][number];
type Match = Rule['matches'][number];
type Target = NonNullable<Rule['target']>;
type Negatable<T> = { readonly value: T; readonly not: boolean };

/** Values that many rules of a dump share, each made once. */
export class Shared {
  readonly family: Family;
  readonly words = new Words();
  readonly matches = new Remembered<Match>();
  readonly targets = new Remembered<Target>();
  readonly #prefixes = [new Remembered<Negatable<Cidr> | null>(), new Remembered<Negatable<Cidr> | null>()] as const;
  readonly #protocols = [new Remembered<Negatable<string>>(), new Remembered<Negatable<string>>()] as const;
  readonly #plain = [new Remembered<Negatable<string>>(), new Remembered<Negatable<string>>()] as const;

  #lastComment: { readonly text: string; readonly match: Match } | undefined;

  constructor(family: Family) {
    this.family = family;
  }

  /** An address or prefix as `-s` and `-d` give it; `null`: the word is none. */
  prefix(at: number, not: boolean): Negatable<Cidr> | null {
    return this.#prefixes[not ? 1 : 0].of(this.words, at, at + 1, () => {
      const text = this.words.at(at);
      const value = text === 'anywhere' ? everything(this.family) : parseCidr(text);
      return value === undefined ? null : { value, not };
    });
  }

  /** A word as it stands. */
  plain(at: number, not: boolean): Negatable<string> {
    return this.#plain[not ? 1 : 0].of(this.words, at, at + 1, () => ({ value: this.words.at(at), not }));
  }

  /** A protocol in its one spelling. */
  protocol(at: number, not: boolean): Negatable<string> {
    return this.#protocols[not ? 1 : 0].of(this.words, at, at + 1, () => ({ value: protocolName(this.words.at(at)), not }));
  }

  /** A comment. They are nearly as many as rules: only the one of the rule before is remembered, as an endpoint's rules share it. */
  comment(at: number, end: number): Match {
    const { words } = this;
    const last = this.#lastComment;
    if (last !== undefined && words.areExactly(at, end, last.text)) return last.match;
    const match: Match = { name: 'comment', options: [{ name: '--comment', not: false, values: [words.at(at + 2)] }] };
    this.#lastComment = { text: words.raw(at, end), match };
    return match;
  }
}
