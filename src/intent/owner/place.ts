import type { Facts, Partition } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import type { Ipset, IpsetMember } from '#facts/ipset/ipset';
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
  | { readonly is: 'ipset member'; readonly set: Ipset; readonly member: IpsetMember; readonly origin: Origin }
  | { readonly is: 'fact'; readonly scope: Scope; readonly kind: OwnedKind; readonly fact: FactOf<OwnedKind> };

const KINDS = [
  'ipset',
  'ipvs-service',
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
export const placedAt = (facts: Facts, where: Origin, words: string): readonly Placed[] =>
  [...facts.partitions()].flatMap((partition) => {
    const all = placesIn(partition);
    const exact = all.filter(({ origin }) => isAt(origin, where)).map(({ placed }) => placed);
    if (exact.length > 0) return exact;
    if (partition.kind === 'ipvs-service') return serverOf(all, where, words);
    return partition.kind === 'nft' ? insideOf(all, where, words) : [];
  });

/** The lines of a file at which something stands that has an owner. */
export const ownedLines = (facts: Facts, file: string): readonly number[] =>
  [...facts.partitions()]
    .flatMap(placesIn)
    .flatMap(({ origin }) => (origin.file === file && origin.line !== undefined ? [origin.line] : []));

/** A path names what it points at, and everything inside of it. */
const isAt = (origin: Origin, where: Origin): boolean =>
  origin.file === where.file && (where.path === undefined ? origin.line === where.line : isInside(where.path, origin.path));

const isInside = (asked: string, path: string | undefined): boolean =>
  path !== undefined && (asked === path || asked.startsWith(`${path}.`) || asked.startsWith(`${path}[`));

type Place = { readonly origin: Origin; readonly placed: Placed };

/** Everything of a partition that has an owner, and where it stands. */
function placesIn({ kind, scope, facts }: Partition): readonly Place[] {
  if (kind === 'iptables') return (facts as readonly IptablesTable[]).flatMap((table) => iptablesPlaces(table, scope));
  if (kind === 'nft') return (facts as readonly NftTable[]).flatMap((table) => nftPlaces(table, scope));
  if (kind === 'ipset') return (facts as readonly Ipset[]).flatMap((set) => setPlaces(set, scope));
  if (!isOwned(kind)) return [];
  return (facts as readonly FactOf<OwnedKind>[]).map((fact) => ({ origin: fact.origin, placed: { is: 'fact', scope, kind, fact } }));
}

const isOwned = (kind: string): kind is OwnedKind => KINDS.some((one) => one === kind);

const iptablesPlaces = (table: IptablesTable, scope: Scope): readonly Place[] =>
  table.chains.flatMap((chain): readonly Place[] => [
    { origin: chain.origin, placed: { is: 'iptables chain', scope, table, chain } },
    ...chain.rules.map((rule): Place => ({ origin: rule.origin, placed: { is: 'iptables rule', scope, table, chain, rule } })),
  ]);

const nftPlaces = (table: NftTable, scope: Scope): readonly Place[] => [
  { origin: table.origin, placed: { is: 'nft table', scope, table } },
  ...table.chains.flatMap((chain): readonly Place[] => [
    { origin: chain.origin, placed: { is: 'nft chain', scope, table, chain } },
    ...chain.rules.map((rule): Place => ({ origin: rule.origin, placed: { is: 'nft rule', scope, table, chain, rule } })),
  ]),
  ...table.sets.map((set): Place => ({ origin: set.origin, placed: { is: 'nft set', scope, table, set, words: '', origin: set.origin } })),
];

/** A set, and each of its elements in the line of its own; where all stand in one line, that line is the set's. */
function setPlaces(set: Ipset, scope: Scope): readonly Place[] {
  const own: Place = { origin: set.origin, placed: { is: 'fact', scope, kind: 'ipset', fact: set } };
  const members = set.members.filter(({ line }) => line !== set.origin.line);
  return [
    own,
    ...members.map((member): Place => {
      const origin = { ...set.origin, line: member.line };
      return { origin, placed: { is: 'ipset member', set, member, origin } };
    }),
  ];
}

/** The virtual server of IPVS whose real server stands in a line: the last that begins before it. */
function serverOf(all: readonly Place[], { file, line }: Origin, words: string): readonly Placed[] {
  if (line === undefined || !/^\s*(?:->|-a )/.test(words)) return [];
  const before = all.filter(({ origin }) => origin.file === file && (origin.line ?? line) < line);
  return before
    .toSorted((one, other) => (other.origin.line ?? 0) - (one.origin.line ?? 0))
    .slice(0, 1)
    .map(({ placed }) => placed);
}

/** The table, chain or set of nftables whose block a line lies in: the last that begins before it. */
function insideOf(all: readonly Place[], where: Origin, words: string): readonly Placed[] {
  const { file, line } = where;
  if (line === undefined || isEnd(words)) return [];
  const before = all.filter(({ origin, placed }) => placed.is !== 'nft rule' && origin.file === file && (origin.line ?? line) < line);
  const [last] = before.toSorted((one, other) => (other.origin.line ?? 0) - (one.origin.line ?? 0)).map(({ placed }) => placed);
  if (last === undefined) return [];
  return last.is === 'nft set' ? [{ ...last, words: words.trim(), origin: where }] : [last];
}

/** A line between or behind blocks. */
const isEnd = (words: string): boolean => /^\s*\}?\s*$/.test(words);
