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
  | { readonly is: 'nft set'; readonly scope: Scope; readonly table: NftTable; readonly set: NftTable['sets'][number] }
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

/** Everything that was read at a place: a line, or a path in a JSON document. */
export function placedAt(facts: Facts, where: Origin): readonly Placed[] {
  const found: Placed[] = [];
  for (const partition of facts.partitions()) {
    const { scope, kind } = partition;
    if (kind === 'iptables') found.push(...inIptables(partition.facts as readonly IptablesTable[], where, scope));
    else if (kind === 'nft') found.push(...inNft(partition.facts as readonly NftTable[], where, scope));
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

function inNft(tables: readonly NftTable[], where: Origin, scope: Scope): readonly Placed[] {
  return tables.flatMap((table) => [
    ...table.chains.flatMap((chain): readonly Placed[] => [
      ...(isAt(chain.origin, where) ? [{ is: 'nft chain' as const, scope, table, chain }] : []),
      ...chain.rules.filter(({ origin }) => isAt(origin, where)).map((rule) => ({ is: 'nft rule' as const, scope, table, chain, rule })),
    ]),
    ...table.sets.filter(({ origin }) => isAt(origin, where)).map((set) => ({ is: 'nft set' as const, scope, table, set })),
  ]);
}
