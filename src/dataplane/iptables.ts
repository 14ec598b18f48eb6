import type { Partition } from '#facts/facts';
import type { IptablesChain, IptablesTable } from '#facts/iptables/iptables';
import type { Family } from '#net/ip';
import { type ChainIndex, indexOf } from './chain-index.ts';
import { memoised } from './memo.ts';

/** A chain with its index; short ones have none. */
export type IndexedChain = IptablesChain & { readonly index: ChainIndex | null };

/** A table with its chains by name. */
export type IndexedTable = { readonly fact: IptablesTable; readonly chains: ReadonlyMap<string, IndexedChain> };

/** The tables of a namespace, which of them the reading covers, and the families whose connections they make the kernel track. */
export type IptablesTables = {
  readonly tables: readonly IndexedTable[];
  readonly tracks: ReadonlySet<Family>;
  /** Families of which packets that come in pieces are put together before any rule sees them, as all that are tracked are (nf_defrag_ipv4_enable, nf_defrag_ipv6_enable). */
  readonly reassembles: ReadonlySet<Family>;
  readonly covers: true | readonly string[];
};

export const iptablesTables = memoised(
  (partition: Partition<'iptables'>): IptablesTables => ({
    tables: partition.facts.map(indexedTable),
    tracks: new Set(partition.facts.filter(needsTracking).map(({ family }) => family)),
    reassembles: new Set(partition.facts.filter((fact) => needsTracking(fact) || needsWhole(fact)).map(({ family }) => family)),
    covers: partition.covers,
  }),
);

/** Whether a table was not covered by any reading, so that it may hold anything. */
export const isUnread = ({ tables, covers }: IptablesTables, table: string, family: Family): boolean =>
  covers !== true &&
  !tables.some(({ fact }) => fact.table === table && fact.family === family) &&
  !covers.some((one) => one.startsWith(`${family} `) && one.endsWith(` ${table}`));

const indexedTable = memoised(
  (fact: IptablesTable): IndexedTable => ({
    fact,
    chains: new Map(fact.chains.map((chain) => [chain.name, { ...chain, index: indexOf(chain.rules) }])),
  }),
);

/** A namespace tracks the connections of a family only while a rule of it needs that (nf_ct_netns_get); an empty nat table does not. */
const needsTracking = memoised((fact: IptablesTable): boolean =>
  fact.chains.some(({ rules }) =>
    rules.some(
      ({ matches, target }) =>
        matches.some(({ name }) => ASKING_MATCHES.has(name)) ||
        (target !== null && (ASKING_TARGETS.has(target.name) || (target.name === 'CT' && !target.options.some(isNotrack)))),
    ),
  ),
);

/** What looks for sockets needs no tracking, but whole packets (xt_socket.c, xt_TPROXY.c). */
const needsWhole = ({ chains }: IptablesTable): boolean =>
  chains.some(({ rules }) =>
    rules.some(({ matches, target }) => target?.name === 'TPROXY' || matches.some(({ name }) => name === 'socket')),
  );

const isNotrack = ({ name }: { readonly name: string }): boolean => name === '--notrack';

/** Whose checkentry calls nf_ct_netns_get. */
const ASKING_MATCHES = new Set(['conntrack', 'state', 'connmark', 'connbytes', 'connlabel', 'connlimit', 'helper', 'cluster']);
const ASKING_TARGETS = new Set(['CONNMARK', 'CONNSECMARK', 'DNAT', 'SNAT', 'MASQUERADE', 'REDIRECT', 'NETMAP', 'SYNPROXY']);
