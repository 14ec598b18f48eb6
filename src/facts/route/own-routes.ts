import { cidrOf, lastAddress } from '#net/cidr';
import { bitsOf, familyOf, isLoopback } from '#net/ip';
import type { Address } from '../address/address.ts';
import type { Route } from './route.ts';

/** A route before anyone has read it. */
export type BareRoute = Omit<Route, 'origin'>;

/** A route as `ip route add` makes one, unless more is said. */
export const plainRoute = (to: Route['to'], dev: string | null, { hops, ...more }: Partial<BareRoute> = {}): BareRoute => ({
  table: 'main',
  type: 'unicast',
  to,
  hops: (hops ?? (dev === null ? [] : [{ dev, via: null, onlink: false, weight: 1, dead: false }])).map((hop) => ({
    linkdown: false,
    ...hop,
  })),
  nexthopId: null,
  metric: 0,
  source: null,
  scope: 'global',
  protocol: 'boot',
  mtu: null,
  mtuLocked: false,
  tos: 0,
  from: null,
  encapsulation: null,
  ...more,
});

/** What the kernel puts into its tables by itself for an IPv4 address on a device that is up (net/ipv4/fib_frontend.c, fib_add_ifaddr). */
export function ownRoutes(address: Omit<Address, 'origin'>): readonly BareRoute[] {
  const family = familyOf(address.address);
  if (family === 6) return [];
  const kernel = { protocol: 'kernel', source: address.address } as const;
  const local = plainRoute(cidrOf(address.address, bitsOf(family)), address.dev, {
    ...kernel,
    table: 'local',
    type: 'local',
    scope: 'host',
  });
  const prefix = cidrOf(address.address, address.length);
  if (address.length === 32) return [local];
  const linkScope = { ...kernel, scope: 'link' } as const;
  return [
    local,
    ...(isLoopback(address.address) ? [] : [plainRoute(prefix, address.dev, linkScope)]),
    ...(address.length === 31
      ? []
      : [plainRoute(cidrOf(lastAddress(prefix), 32), address.dev, { ...linkScope, table: 'local', type: 'broadcast' })]),
  ];
}
