import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { type BareRoute, plainRoute } from '#facts/route/own-routes';
import { contains, lengthOf, nthAddress } from '#net/cidr';
import { onNode } from '#snapshot/scope';
import { map, type Seen } from '#snapshot/seen';
import { programs } from './programs.ts';
import type { Tunnel } from './tunnel.ts';

type Route = FactOf<'route'>;

/** The routes of table main that a packet to the peer's pods may take, the one that it takes first. The default route counts last. */
export function routesToPeer(facts: Facts, { from, lease }: Pick<Tunnel, 'from' | 'lease'>): Seen<readonly Route[]> {
  const inside = nthAddress(lease.subnet, 2);
  return map(facts.seen('route', onNode(from), 'main'), (routes) =>
    routes
      .filter(
        ({ table, to }) =>
          table === 'main' && (contains(to, inside) || (lengthOf(to) > lengthOf(lease.subnet) && contains(lease.subnet, baseOfRoute(to)))),
      )
      .toSorted((one, other) => lengthOf(other.to) - lengthOf(one.to) || (one.metric ?? 0) - (other.metric ?? 0)),
  );
}

const baseOfRoute = (to: Route['to']) => nthAddress(to, 0);

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
