import { routePart } from '#facts/route/route';
import { cidr, contains } from '#net/cidr';
import { familyOf, isMulticast, type Ip } from '#net/ip';
import type { Gap } from '#snapshot/gap';
import type { Stack } from '#dataplane/stack';

const MAPPED = cidr`::ffff:0:0/96`;

/** Whether an address of IPv6 names one machine by itself: one of IPv4 inside IPv6 is of no class (net/ipv6/addrconf_core.c __ipv6_addr_type). */
export const isUnicast6 = (address: Ip): boolean => address !== '::' && !isMulticast(address) && !contains(MAPPED, address);

/** What an address is to a namespace, in addrtype's words, or why that is not known (net/ipv4/fib_frontend.c inet_addr_type). */
export function addressType(
  stack: Stack,
  address: Ip,
  device: string | null,
): 'LOCAL' | 'BROADCAST' | 'MULTICAST' | 'ANYCAST' | 'UNICAST' | 'UNSPEC' | Gap {
  if (address === '0.0.0.0' || address === '::') return 'UNSPEC';
  if (isMulticast(address)) return 'MULTICAST';
  if (address === '255.255.255.255') return 'BROADCAST';
  const { routes, derivedLocal } = stack;
  const covered =
    routes.is === 'seen' && (routes.table.covers === true || routes.table.covers.includes(routePart('local', familyOf(address))));
  const table = covered ? routes.table.tables.get('local') : derivedLocal.is === 'seen' ? derivedLocal.table : undefined;
  if (table === undefined) return covered ? 'UNICAST' : derivedLocal.is === 'gap' ? derivedLocal.gap : 'UNICAST';
  // the longest prefix alone decides
  const [route] = table.longest(address);
  if (route === undefined || (device !== null && !route.hops.some(({ dev }) => dev === device))) return 'UNICAST';
  if (route.type === 'anycast' && familyOf(address) === 4) return 'ANYCAST';
  if (route.type === 'local' || route.type === 'anycast') return 'LOCAL';
  return route.type === 'broadcast' ? 'BROADCAST' : 'UNICAST';
}
