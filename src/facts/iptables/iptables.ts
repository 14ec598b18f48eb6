import type { Cidr } from '#net/cidr';
import type { Origin } from '#snapshot/origin';
import { defineKind, type Fact, type Told } from '../kind.ts';

/** A part of a rule with its negation. */
export type Negatable<T> = { readonly value: T; readonly not: boolean };

/** A match that an extension does (`-m NAME …`): its options as written, in order, each with its negation and its words. */
export type MatchExtension = {
  readonly name: string;
  readonly options: readonly { readonly name: string; readonly not: boolean; readonly values: readonly string[] }[];
};

export type Counters = { readonly packets: number; readonly bytes: number };

/** One rule as `iptables-save` writes it. What is not understood is kept word for word in `text` and said in `problem`. */
export type IptablesRule = {
  readonly origin: Origin;
  /** The rule without its counters, exactly as written: `-A FORWARD -s 10.0.0.0/8 -j ACCEPT`. */
  readonly text: string;
  readonly counters: Told<Counters>;
  readonly source: Negatable<Cidr> | null;
  readonly destination: Negatable<Cidr> | null;
  /** With a trailing `+` where the name is a prefix. */
  readonly in: Negatable<string> | null;
  readonly out: Negatable<string> | null;
  /** Lower-case name or number, `all` never. */
  readonly protocol: Negatable<string> | null;
  readonly fragment: Negatable<true> | null;
  readonly matches: readonly MatchExtension[];
  /** `null`: the rule only counts. `jump` and `goto` name a target or a chain; only the table knows which. */
  readonly target: { readonly does: 'jump' | 'goto'; readonly name: string; readonly options: MatchExtension['options'] } | null;
  /** Why the rule is not understood as a whole. */
  readonly problem: string | null;
};

/** A rule as it is written, wherever it stands and whatever it counted. */
export type BareRule = Omit<IptablesRule, 'origin' | 'counters'>;

/** What a rule says that only counts every packet: a reading starts from it. */
export const ASKS_NOTHING = {
  source: null,
  destination: null,
  in: null,
  out: null,
  protocol: null,
  fragment: null,
  matches: [],
  target: null,
  problem: null,
} as const satisfies Omit<BareRule, 'text'>;

export type IptablesChain = {
  readonly name: string;
  readonly origin: Origin;
  /** Of built-in chains; `null` on a user's. */
  readonly policy: 'ACCEPT' | 'DROP' | null;
  readonly counters: Told<Counters>;
  readonly rules: readonly IptablesRule[];
};

/** One table of one backend: its chains in the order of the dump. */
export type IptablesTable = Fact & {
  readonly family: 4 | 6;
  /** Which kernel machinery holds it; not told by a dump without its header. */
  readonly backend: Told<'legacy' | 'nft'>;
  readonly table: 'filter' | 'nat' | 'mangle' | 'raw' | 'security';
  readonly chains: readonly IptablesChain[];
};

/** The part of the reading that one table is: `4 legacy nat`. */
export const iptablesPart = (family: 4 | 6, backend: Told<'legacy' | 'nft'>, table: string): string =>
  `${family} ${backend ?? 'unknown'} ${table}`;

export const iptables = defineKind<IptablesTable>()({
  id: 'iptables',
  is: 'a table of iptables rules',
  key: (fact) => iptablesPart(fact.family, fact.backend, fact.table),
  part: (fact) => iptablesPart(fact.family, fact.backend, fact.table),
  capture: 'iptables-save -c (both backends)',
});
