import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import type { IptablesChain, IptablesRule, IptablesTable } from '#facts/iptables/iptables';
import type { NftChain, NftRule, NftTable } from '#facts/nft/nft';
import type { Origin } from '#snapshot/origin';
import type { Scope } from '#snapshot/scope';

/** What was read at a place. */
export type Placed =
  | {
      readonly is: 'iptables rule';
      readonly scope: Scope;
      readonly table: IptablesTable;
      readonly chain: IptablesChain;
      readonly rule: IptablesRule;
    }
  | { readonly is: 'iptables chain'; readonly scope: Scope; readonly table: IptablesTable; readonly chain: IptablesChain }
  | { readonly is: 'nft rule'; readonly scope: Scope; readonly table: NftTable; readonly chain: NftChain; readonly rule: NftRule }
  | { readonly is: 'nft chain'; readonly scope: Scope; readonly table: NftTable; readonly chain: NftChain }
  | {
      readonly is: 'nft set';
      readonly scope: Scope;
      readonly table: NftTable;
      readonly set: NftTable['sets'][number];
      /** What stands in the line of it that was asked for: elements; empty for its head. */
      readonly words: string;
      readonly origin: Origin;
    }
  | { readonly is: 'nft table'; readonly scope: Scope; readonly table: NftTable }
  | { readonly is: 'fact'; readonly scope: Scope; readonly kind: OwnedKind; readonly fact: FactOf<OwnedKind> };

const KINDS = [
  'ipset',
  'route',
  'rule',
  'link',
  'address',
  'neighbour',
  'fdb',
  'lease',
  'socket',
  'conntrack',
  'service',
  'endpoints',
  'pod',
] as const;

/** The plain kinds of fact whose owner can be told. */
export type OwnedKind = (typeof KINDS)[number];

/** Everything that was read at a place: a line, or a path in a JSON document. `words`: what stands there. */
export function placedAt(facts: Facts, where: Origin, words: string): readonly Placed[] {
  const found: Placed[] = [];
  for (const partition of facts.partitions()) {
    const { scope, kind } = partition;
    if (kind === 'iptables') found.push(...inIptables(partition.facts as readonly IptablesTable[], where, scope));
    else if (kind === 'nft') found.push(...inNft(partition.facts as readonly NftTable[], where, scope, words));
    else if (isOwned(kind)) {
      for (const fact of partition.facts as readonly FactOf<OwnedKind>[]) {
        if (isAt(fact.origin, where)) found.push({ is: 'fact', scope, kind, fact });
      }
    }
  }
  return found;
}

const isOwned = (kind: string): kind is OwnedKind => KINDS.some((one) => one === kind);

/** A path names what it points at, and everything inside of it. */
const isAt = (origin: Origin, where: Origin): boolean =>
  origin.file === where.file && (where.path === undefined ? origin.line === where.line : isInside(where.path, origin.path));

const isInside = (asked: string, path: string | undefined): boolean =>
  path !== undefined && (asked === path || asked.startsWith(`${path}.`) || asked.startsWith(`${path}[`));

function inIptables(tables: readonly IptablesTable[], where: Origin, scope: Scope): readonly Placed[] {
  return tables.flatMap((table) =>
    table.chains.flatMap((chain): readonly Placed[] => [
      ...(isAt(chain.origin, where) ? [{ is: 'iptables chain' as const, scope, table, chain }] : []),
      ...chain.rules
        .filter(({ origin }) => isAt(origin, where))
        .map((rule) => ({ is: 'iptables rule' as const, scope, table, chain, rule })),
    ]),
  );
}

function inNft(tables: readonly NftTable[], where: Origin, scope: Scope, words: string): readonly Placed[] {
  const all = tables.flatMap((table) => nftPlaces(table, scope));
  const exact = all.filter(({ origin }) => isAt(origin, where));
  const inside = exact.length > 0 || isEnd(words) ? undefined : blockAt(all, where);
  const held = inside?.placed.is === 'nft set' ? { ...inside.placed, words: words.trim(), origin: where } : inside?.placed;
  return held === undefined ? exact.map(({ placed }) => placed) : [held];
}

type NftPlace = { readonly origin: Origin; readonly placed: Placed };

const nftPlaces = (table: NftTable, scope: Scope): readonly NftPlace[] => [
  { origin: table.origin, placed: { is: 'nft table', scope, table } },
  ...table.chains.flatMap((chain): readonly NftPlace[] => [
    { origin: chain.origin, placed: { is: 'nft chain', scope, table, chain } },
    ...chain.rules.map((rule): NftPlace => ({ origin: rule.origin, placed: { is: 'nft rule', scope, table, chain, rule } })),
  ]),
  ...table.sets.map(
    (set): NftPlace => ({ origin: set.origin, placed: { is: 'nft set', scope, table, set, words: '', origin: set.origin } }),
  ),
];

/** A line between or behind blocks. */
const isEnd = (words: string): boolean => /^\s*\}?\s*$/.test(words);

/** The table, chain or set whose block a line of `nft list ruleset` lies in: the last that begins before it. */
function blockAt(all: readonly NftPlace[], { file, line }: Origin): NftPlace | undefined {
  if (line === undefined) return undefined;
  const before = all.filter(({ origin, placed }) => placed.is !== 'nft rule' && origin.file === file && (origin.line ?? line) < line);
  return before.toSorted((one, other) => (other.origin.line ?? 0) - (one.origin.line ?? 0))[0];
}

/** The lines of a file at which something stands that has an owner. */
export const ownedLines = (facts: Facts, file: string): readonly number[] =>
  [...facts.partitions()].flatMap(({ kind, facts: all, scope }) =>
    (kind === 'iptables'
      ? (all as readonly IptablesTable[]).flatMap(({ chains }) =>
          chains.flatMap(({ origin, rules }) => [origin, ...rules.map((rule) => rule.origin)]),
        )
      : kind === 'nft'
        ? (all as readonly NftTable[]).flatMap((table) => nftPlaces(table, scope).map(({ origin }) => origin))
        : isOwned(kind)
          ? all.map(({ origin }) => origin)
          : []
    ).flatMap((origin) => (origin.file === file && origin.line !== undefined ? [origin.line] : [])),
  );
