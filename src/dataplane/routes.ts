import type { Address } from '#facts/address/address';
import type { Partition } from '#facts/facts';
import type { Route } from '#facts/route/route';
import { cidrOf, lastAddress } from '#net/cidr';
import { bitsOf, familyOf } from '#net/ip';
import { PrefixTable } from '#net/prefix-table';
import { memoised } from './memo.ts';

/** The routes of a namespace: a prefix table for each of its tables. */
export type RouteTables = { readonly tables: ReadonlyMap<string, PrefixTable<Route>>; readonly covers: true | readonly string[] };

export const routeTables = memoised((partition: Partition<'route'>): RouteTables => {
  const byTable = new Map<string, Route[]>();
  for (const route of partition.facts) {
    const own = byTable.get(route.table);
    if (own === undefined) byTable.set(route.table, [route]);
    else own.push(route);
  }
  const tables = new Map<string, PrefixTable<Route>>();
  for (const [name, routes] of byTable) {
    // of one prefix the smallest metric wins, then the first (fib_insert_alias keeps them so)
    const sorted = routes.toSorted((one, other) => (one.metric ?? 0) - (other.metric ?? 0));
    tables.set(name, new PrefixTable(sorted.map((route) => [route.to, route] as const)));
  }
  return { tables, covers: partition.covers };
});

/** What the kernel puts into table `local` for each address; used where that table itself was not read. */
export const localTable = memoised((partition: Partition<'address'>): PrefixTable<Route> => {
  return new PrefixTable(partition.facts.flatMap((address) => localRoutes(address)).map((route) => [route.to, route] as const));
});

function localRoutes(address: Address): readonly Route[] {
  const bits = bitsOf(familyOf(address.address));
  const base: Omit<Route, 'to' | 'type'> = {
    table: 'local',
    hops: [{ dev: address.dev, via: null, onlink: false, weight: 1, dead: false }],
    nexthopId: null,
    metric: 0,
    source: address.address,
    scope: 'host',
    protocol: 'kernel',
    mtu: null,
    tos: 0,
    origin: address.origin,
  };
  const own: Route[] = [{ ...base, type: 'local', to: cidrOf(address.address, bits) }];
  if (address.scope === 'host' && address.length < bits) own.push({ ...base, type: 'local', to: cidrOf(address.address, address.length) });
  else if (bits === 32 && address.length < 31) {
    own.push({ ...base, type: 'broadcast', to: cidrOf(lastAddress(cidrOf(address.address, address.length)), 32) });
  }
  return own;
}
