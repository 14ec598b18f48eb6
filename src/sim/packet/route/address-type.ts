import { routePart } from '#facts/route/route';
import { familyOf, isMulticast, type Ip } from '#net/ip';
import type { Gap } from '#snapshot/gap';
import type { Stack } from '#dataplane/stack';

/** What an address is to a namespace, in addrtype's words, or why that is not known (net/ipv4/fib_frontend.c inet_addr_type). */
export function addressType(
  stack: Stack,
  address: Ip,
  device: string | null,
): 'LOCAL' | 'BROADCAST' | 'MULTICAST' | 'UNICAST' | 'UNSPEC' | Gap {
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
  if (route.type === 'local' || route.type === 'anycast') return 'LOCAL';
  return route.type === 'broadcast' ? 'BROADCAST' : 'UNICAST';
}
