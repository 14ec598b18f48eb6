import type { IptablesTable } from '#facts/iptables/iptables';
import type { NftTable } from '#facts/nft/nft';
import type { Family } from '#net/ip';
import { type IndexedTable, type IptablesTables, isUnread } from '#dataplane/iptables';
import type { NftBase, NftTables } from '#dataplane/nft';
import type { Hook } from '../iptables/context.ts';

/** One table of iptables or one base chain of nft, as it hangs on a hook. */
export type Station = { readonly is: 'iptables'; readonly table: IndexedTable } | { readonly is: 'nft'; readonly base: NftBase };

/** All that hangs at one priority, by who put it there. */
export type Registrants = readonly (readonly Station[])[];

/** What runs at one priority. Stations of one registrant come in their order; which registrant came first nobody tells. */
export type Stage =
  | { readonly does: 'track' | 'confirm' | 'ipvs answers' | 'ipvs requests' }
  | { readonly does: 'filter'; readonly registrants: Registrants }
  /** The nat tables of all: one hook of the kernel's that asks them in turn. */
  | { readonly does: 'nat'; readonly groups: readonly Registrants[] }
  /** A table of iptables that may be there. */
  | { readonly does: 'unread'; readonly table: IptablesTable['table'] };

const TRACK = -200;
const NAT: Readonly<Partial<Record<Hook, number>>> = { PREROUTING: -100, INPUT: 100, OUTPUT: -100, POSTROUTING: 100 };
const LAST = 2 ** 31 - 1;
/** Where IPVS hangs (net/netfilter/ipvs/ip_vs_core.c ip_vs_ops4): behind the filters, before nat. */
const IPVS: Readonly<Partial<Record<Hook, readonly (readonly ['ipvs answers' | 'ipvs requests', number])[]>>> = {
  INPUT: [
    ['ipvs answers', 98],
    ['ipvs requests', 99],
  ],
  FORWARD: [['ipvs answers', 100]],
  OUTPUT: [
    ['ipvs answers', -99],
    ['ipvs requests', -98],
  ],
};

/** The tables of iptables on each hook (include/uapi/linux/netfilter_ipv4.h enum nf_ip_hook_priorities). */
const TABLES: Readonly<Record<Hook, readonly (readonly [IptablesTable['table'], number])[]>> = {
  PREROUTING: [
    ['raw', -300],
    ['mangle', -150],
    ['nat', -100],
  ],
  INPUT: [
    ['mangle', -150],
    ['filter', 0],
    ['security', 50],
    ['nat', 100],
  ],
  FORWARD: [
    ['mangle', -150],
    ['filter', 0],
    ['security', 50],
  ],
  OUTPUT: [
    ['raw', -300],
    ['mangle', -150],
    ['nat', -100],
    ['filter', 0],
    ['security', 50],
  ],
  POSTROUTING: [
    ['mangle', -150],
    ['nat', 100],
  ],
};

type Placed = { readonly priority: number; readonly registrant: string; readonly station: Station };

type Stages = Map<string, readonly Stage[]>;

const NONE = {};
const built = new WeakMap<IptablesTables, WeakMap<object, Stages>>();

/** What runs at a hook for packets of a family, in order (net/netfilter/core.c nf_hook_entries_grow); made once. */
export function stagesOf(iptables: IptablesTables, nft: NftTables | null, hook: Hook, family: Family, ipvs = false): readonly Stage[] {
  const all = kept(built, iptables, () => new WeakMap<object, Stages>());
  const own = kept(all, nft ?? NONE, () => new Map());
  const name = `${hook} ${family} ${ipvs}`;
  let stages = own.get(name);
  if (stages === undefined) {
    stages = madeStages(iptables, nft, hook, family, ipvs);
    own.set(name, stages);
  }
  return stages;
}

function kept<K extends object, T>(map: WeakMap<K, T>, key: K, make: () => T): T {
  let found = map.get(key);
  if (found === undefined) {
    found = make();
    map.set(key, found);
  }
  return found;
}

function madeStages(iptables: IptablesTables, nft: NftTables | null, hook: Hook, family: Family, ipvs: boolean): readonly Stage[] {
  const placed = [...nftStations(iptables, nft, hook, family), ...iptablesStations(iptables, hook, family)];
  // where several hang at one priority all are kept: whether their order matters is asked of them
  const walked = (registrants: Registrants): Registrants =>
    registrants.length > 1 ? registrants : registrants.map((stations) => stations.filter((station) => !isIdle(station, hook)));
  const isNat = ({ station }: Placed): boolean =>
    station.is === 'nft' ? station.base.hook.type === 'nat' : station.table.fact.table === 'nat';
  const stages: { readonly priority: number; readonly stage: Stage }[] = [];
  for (const { priority, of } of grouped(placed.filter((one) => !isNat(one)))) {
    const registrants = walked(of);
    if (registrants.some((stations) => stations.length > 0)) stages.push({ priority, stage: { does: 'filter', registrants } });
  }
  for (const [table, priority] of TABLES[hook])
    if (isUnread(iptables, table, family)) stages.push({ priority, stage: { does: 'unread', table } });
  if (hook === 'PREROUTING' || hook === 'OUTPUT') stages.push({ priority: TRACK, stage: { does: 'track' } });
  if (hook === 'INPUT' || hook === 'POSTROUTING') stages.push({ priority: LAST, stage: { does: 'confirm' } });
  if (ipvs) for (const [does, priority] of IPVS[hook] ?? []) stages.push({ priority, stage: { does } });
  const nat = NAT[hook];
  if (nat !== undefined && hasNat(iptables, nft, family))
    stages.push({ priority: nat, stage: { does: 'nat', groups: grouped(placed.filter(isNat)).map(({ of }) => walked(of)) } });
  return stages.sort((one, other) => one.priority - other.priority).map(({ stage }) => stage);
}

/**
 * One chain of type nat has the kernel ask about NAT on all of its hooks (net/netfilter/nf_nat_core.c nf_nat_register_fn). Of a table
 * without any iptables-nft-save prints the built-in chains as well: what nft lists is what hangs.
 */
const hasNat = ({ tables }: IptablesTables, nft: NftTables | null, family: Family): boolean =>
  tables.some(({ fact }) => fact.table === 'nat' && fact.family === family && !isListed(nft, fact)) ||
  [...(nft?.bases.values() ?? [])].some((bases) => bases.some(({ table, hook }) => hook.type === 'nat' && isFor(table, family)));

const isListed = (nft: NftTables | null, { table, family, backend }: IptablesTable): boolean =>
  backend !== 'legacy' && nft?.tables.some((one) => one.name === table && one.family !== 'inet' && isFor(one, family)) === true;

const isFor = ({ family: of }: NftTable, family: Family): boolean => of === 'inet' || of === (family === 4 ? 'ip' : 'ip6');

/** A table without a rule on this hook that lets everything pass: nothing comes of asking it, not even a count that is told. */
export const isIdle = (station: Station, hook: Hook): boolean => {
  if (station.is !== 'iptables') return false;
  const base = station.table.chains.get(hook);
  return base === undefined || (base.rules.length === 0 && base.policy !== 'DROP');
};

function iptablesStations({ tables }: IptablesTables, hook: Hook, family: Family): readonly Placed[] {
  return TABLES[hook].flatMap(([name, priority]) =>
    tables
      .filter(({ fact }) => fact.table === name && fact.family === family)
      .map((table) => ({ priority, registrant: `iptables ${table.fact.backend ?? ''}`, station: { is: 'iptables', table } as const })),
  );
}

function nftStations(iptables: IptablesTables, nft: NftTables | null, hook: Hook, family: Family): readonly Placed[] {
  // what was made last is asked first
  return (nft?.bases.get(hook.toLowerCase()) ?? [])
    .filter(({ table }) => isFor(table, family) && !isIptables(iptables, table.name, table.family, family))
    .toReversed()
    .map((base) => ({
      priority: base.hook.priority,
      registrant: `nft ${base.table.family} ${base.table.name}`,
      station: { is: 'nft', base } as const,
    }));
}

/** A table that iptables-save listed is walked as that. */
const isIptables = ({ tables }: IptablesTables, name: string, of: string, family: Family): boolean =>
  of !== 'inet' && tables.some(({ fact }) => fact.backend !== 'legacy' && fact.family === family && fact.table === name);

/** Stations by priority, and those of one priority by who registered them. */
function grouped(placed: readonly Placed[]): readonly { readonly priority: number; readonly of: Registrants }[] {
  const priorities = [...new Set(placed.map(({ priority }) => priority))].sort((one, other) => one - other);
  return priorities.map((priority) => {
    const registrants = new Map<string, Station[]>();
    for (const { registrant, station } of placed.filter((one) => one.priority === priority)) {
      const own = registrants.get(registrant);
      if (own === undefined) registrants.set(registrant, [station]);
      else own.push(station);
    }
    return { priority, of: [...registrants.values()] };
  });
}
