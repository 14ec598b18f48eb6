import type { Address } from '#facts/address/address';
import type { Partition } from '#facts/facts';
import type { Route } from '#facts/route/route';
import { cidrFamily, cidrOf, lastAddress } from '#net/cidr';
import { bitsOf, type Family, familyOf } from '#net/ip';
import { PrefixTable } from '#net/prefix-table';
import { memoised } from './memo.ts';

/** The routes of a namespace: a prefix table for each of its tables. */
export type RouteTables = {
  readonly tables: ReadonlyMap<string, PrefixTable<Route>>;
  readonly covers: true | readonly string[];
  /** The families of which a file has routes. */
  readonly families: ReadonlyMap<string, ReadonlySet<Family>>;
  /** Someone put IPv4 routes into table `local` beside the kernel's own (fib_has_custom_local_routes). */
  readonly hasCustomLocal: boolean;
};

export const routeTables = memoised((partition: Partition<'route'>): RouteTables => {
  const byTable = new Map<string, Route[]>();
  for (const route of partition.facts) {
    const own = byTable.get(route.table);
    if (own === undefined) byTable.set(route.table, [route]);
    else own.push(route);
  }
  const tables = new Map<string, PrefixTable<Route>>();
  for (const [name, routes] of byTable) {
    tables.set(name, new PrefixTable(routes.toSorted(inOrder).map((route) => [route.to, route] as const)));
  }
  const hasCustomLocal = (byTable.get('local') ?? []).some(
    ({ to, protocol }) => cidrFamily(to) === 4 && protocol !== undefined && protocol !== 'kernel' && protocol !== '2',
  );
  return { tables, covers: partition.covers, hasCustomLocal, families: familiesOf(partition.facts) };
});

function familiesOf(routes: readonly Route[]): RouteTables['families'] {
  const families = new Map<string, Set<Family>>();
  for (const { to, origin } of routes) families.set(origin.file, (families.get(origin.file) ?? new Set()).add(cidrFamily(to)));
  return families;
}

/** Of one prefix those for a type of service come first, then the smaller metric, then the first (fib_insert_alias keeps them so). */
const inOrder = (one: Route, other: Route): number => (other.tos ?? 0) - (one.tos ?? 0) || (one.metric ?? 0) - (other.metric ?? 0);

/** What the kernel puts into table `local` for each address; used where that table itself was not read. */
export const localTable = memoised((partition: Partition<'address'>): PrefixTable<Route> => {
  return new PrefixTable(partition.facts.flatMap((address) => localRoutes(address)).map((route) => [route.to, route] as const));
});

/** An IPv6 address that is not known to be unique has no route of its own yet (addrconf_dad_completed). */
const isHeld = ({ tentative, duplicate }: Address): boolean => tentative !== true && duplicate !== true;

function localRoutes(address: Address): readonly Route[] {
  if (!isHeld(address)) return [];
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
