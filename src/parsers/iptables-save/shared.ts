import type { FactOf } from '#facts/kinds';
import { type Cidr, everything, parseCidr } from '#net/cidr';
import type { Family } from '#net/ip';
import { Words } from './words.ts';

type Rule = FactOf<'iptables'>['chains'][number]['rules'][number];
type Match = Rule['matches'][number];
type Target = NonNullable<Rule['target']>;
type Negatable<T> = { readonly value: T; readonly not: boolean };

/** So many values are remembered; then all are forgotten, for values that repeat stand near each other. */
const MOST = 65_536;

/** Values that many rules of a dump share, each made once. */
export class Shared {
  readonly family: Family;
  readonly words = new Words();
  readonly #prefixes = new Map<string, Negatable<Cidr> | null>();
  readonly #matches = new Map<string, Match>();
  readonly #targets = new Map<string, Target>();
  readonly #negatables = new Map<string, Negatable<string>>();

  constructor(family: Family) {
    this.family = family;
  }

  /** An address or prefix as `-s` and `-d` give it; `null`: the text is none. */
  prefix(text: string, not: boolean): Negatable<Cidr> | null {
    return kept(this.#prefixes, not ? `!${text}` : text, () => {
      const value = text === 'anywhere' ? everything(this.family) : parseCidr(text);
      return value === undefined ? null : { value, not };
    });
  }

  negatable(value: string, not: boolean): Negatable<string> {
    return kept(this.#negatables, not ? `!${value}` : value, () => ({ value, not }));
  }

  match(key: string, make: () => Match): Match {
    return kept(this.#matches, key, make);
  }

  target(key: string, make: () => Target): Target {
    return kept(this.#targets, key, make);
  }
}

function kept<V>(map: Map<string, V>, key: string, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  if (map.size >= MOST) map.clear();
  map.set(key, made);
  return made;
}
