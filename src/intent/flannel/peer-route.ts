import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { type BareRoute, plainRoute } from '#facts/route/own-routes';
import { baseOf, holderOf, lengthOf, nthAddress } from '#net/cidr';
import { PrefixTable } from '#net/prefix-table';
import { onNode } from '#snapshot/scope';
import { map, type Seen } from '#snapshot/seen';
import { programs } from './programs.ts';
import type { Tunnel } from './tunnel.ts';

type Route = FactOf<'route'>;

/** The routes of table main that a packet to the peer's pods may take, the one that it takes first. The default route counts last. */
export function routesToPeer(facts: Facts, { from, lease }: Pick<Tunnel, 'from' | 'lease'>): Seen<readonly Route[]> {
  const inside = nthAddress(lease.subnet, 2);
  const holds = holderOf(lease.subnet);
  return map(facts.seen('route', onNode(from), 'main'), (routes) => {
    const { sorted, table } = mainTable(routes);
    const longest = sorted[0];
    if (longest === undefined || lengthOf(longest.to) <= lengthOf(lease.subnet)) return table.matches(inside).flat();
    const around = new Set(table.matches(inside).flat());
    return sorted.filter((route) => around.has(route) || (lengthOf(route.to) > lengthOf(lease.subnet) && holds(baseOf(route.to))));
  });
}

type MainTable = { readonly sorted: readonly Route[]; readonly table: PrefixTable<Route> };

/** Table main of a reading, in the order in which its routes are taken; asked for every peer of every node. */
const mainTables = new WeakMap<readonly Route[], MainTable>();

function mainTable(routes: readonly Route[]): MainTable {
  let known = mainTables.get(routes);
  if (known === undefined) {
    const sorted = routes
      .filter(({ table }) => table === 'main')
      .sort((one, other) => lengthOf(other.to) - lengthOf(one.to) || (one.metric ?? 0) - (other.metric ?? 0));
    known = { sorted, table: new PrefixTable(sorted.map((route) => [route.to, route] as const)) };
    mainTables.set(routes, known);
  }
  return known;
}

/** The route that flanneld programs for a peer; nothing for a lease that does not tell enough. */
export function intendedRoute({ lease, device }: Pick<Tunnel, 'lease' | 'device'>): BareRoute | undefined {
  const wanted = programs(lease, device.name)?.route;
  if (wanted === undefined) return undefined;
  return plainRoute(wanted.to, wanted.dev, { hops: [{ dev: wanted.dev, via: wanted.via, onlink: true, weight: 1, dead: false }] });
}

/** Whether a route leads to the peer as flannel means it: through the tunnel, or straight to its machine (DirectRouting). */
export const leadsToPeer = ({ hops }: Route, { lease, device }: Pick<Tunnel, 'lease' | 'device'>): boolean =>
  hops.length > 0 &&
  hops.every(
    ({ dev, via }) =>
      (dev === device.name && (via === null || via === nthAddress(lease.subnet, 0))) || (via !== null && via === lease.publicIp),
  );
