import type { NftChain, NftHook, NftStatement, NftTable } from '#facts/nft/nft';
import type { Partition } from '#facts/facts';
import { entryOf } from '#net/entry';
import type { Family } from '#net/ip';
import { memoised } from './memo.ts';

/** A base chain with its table. */
export type NftBase = {
  readonly table: NftTable;
  readonly chain: NftChain;
  readonly hook: NftHook;
  readonly chains: ReadonlyMap<string, NftChain>;
};

/** The native tables of a namespace. */
export type NftTables = {
  readonly tables: readonly NftTable[];
  /** By hook, in the order of the listing; dormant tables are not asked. */
  readonly bases: ReadonlyMap<string, readonly NftBase[]>;
  /** Families in which a rule makes the namespace track connections. */
  readonly tracks: ReadonlySet<Family>;
  /** Families of which packets that come in pieces are put together before any rule sees them, as all that are tracked are (nf_defrag_ipv4_enable, nf_defrag_ipv6_enable). */
  readonly reassembles: ReadonlySet<Family>;
  /** Whether a rule leads IPv4 to another network by `dnat prefix`. */
  readonly mapsNetworks: boolean;
};

export const nftTables = memoised((partition: Partition<'nft'>): NftTables => {
  const tables = partition.facts;
  const bases = new Map<string, NftBase[]>();
  for (const base of tables.flatMap((table) => basesOf(table))) {
    const own = bases.get(base.hook.hook);
    if (own === undefined) bases.set(base.hook.hook, [base]);
    else own.push(base);
  }
  const tracks = new Set(tables.flatMap(trackedBy));
  return { tables, bases, tracks, reassembles: new Set([...tracks, ...tables.flatMap(wholeBy)]), mapsNetworks: tables.some(mapsNetworks) };
});

const FAMILIES: Readonly<Record<NftTable['family'], readonly Family[]>> = {
  ip: [4],
  ip6: [6],
  inet: [4, 6],
  bridge: [4, 6],
  arp: [],
  netdev: [],
};

const basesOf = memoised((table: NftTable): readonly NftBase[] => {
  if (table.dormant) return [];
  const chains = new Map(table.chains.map((chain) => [chain.name, chain]));
  return table.chains.flatMap((chain) => (chain.base === null ? [] : [{ table, chain, hook: chain.base, chains }]));
});

/** What makes the kernel track connections of its table's families when its rule is loaded (nf_ct_netns_get); an empty NAT chain does not. */
const ASKING = /"is":"ct"|"does":"(?:flow|synproxy)"|"what":"ct count|"of":"ct /;

const trackedBy = memoised((table: NftTable): readonly Family[] =>
  table.chains.flatMap(({ rules }) =>
    rules.flatMap(({ statements }) =>
      ASKING.test(JSON.stringify(statements)) ? FAMILIES[table.family] : statements.flatMap(byNat(table)),
    ),
  ),
);

/** NAT to addresses of one family in a table of both asks for that family alone (net/netfilter/nft_nat.c nft_nat_init). */
const byNat =
  ({ family: ofTable }: NftTable) =>
  (statement: NftStatement): readonly Family[] => {
    if (statement.does !== 'nat') return [];
    return FAMILIES[statement.family ?? ofTable];
  };

/** `tproxy` needs no tracking, but whole packets, of the family that it names or of its table's (net/netfilter/nft_tproxy.c nft_tproxy_init); `socket` asks for neither (nft_socket_init). */
const wholeBy = memoised(({ family: ofTable, chains }: NftTable): readonly Family[] =>
  chains.flatMap(({ rules }) =>
    rules.flatMap(({ statements }) =>
      statements.flatMap((one) => (one.does === 'tproxy' ? (entryOf(FAMILIES, one.family ?? ofTable) ?? []) : [])),
    ),
  ),
);

const mapsNetworks = memoised(({ family: ofTable, chains }: NftTable): boolean =>
  chains.some(({ rules }) =>
    rules.some(({ statements }) =>
      statements.some(
        (one) => one.does === 'nat' && one.kind === 'dnat' && one.flags.includes('netmap') && FAMILIES[one.family ?? ofTable].includes(4),
      ),
    ),
  ),
);
