import { familyOf, type Ip } from '#net/ip';
import type { Stack } from '#dataplane/stack';
import type { Gap } from '#snapshot/gap';
import type { Path } from './path.ts';

/**
 * A path as it is where an ICMP redirect was taken to heart: the gateway that it named stands in the place of the route's, for
 * packets of this machine's own and for those that it passes on, until the exception runs out, whatever `accept_redirects` says by
 * then (net/ipv4/route.c rt_bind_exception, net/ipv6/route.c rt6_find_cached_rt). It hangs on the way out by which the router was
 * reached: of several by one device nobody tells which.
 */
export function redirected(stack: Stack, path: Path, destination: Ip): Path | { readonly gap: Gap } {
  const { redirects } = stack;
  const told = redirects.is === 'seen' ? redirects.table.get(destination) : undefined;
  if (told === undefined || path.does !== 'send' || path.via === null || path.via === told.via) return path;
  if (told.dev !== undefined && told.dev !== path.dev) return path;
  const isSure = told.via !== undefined && told.dev !== undefined && isOnlyWay(stack, path, familyOf(destination));
  if (isSure) return { ...path, via: told.via ?? null, by: [...path.by, stack.cite('path-mtu', told)] };
  const detail = `a redirect leads ${destination} to ${told.via ?? 'another gateway'}; whether by this way out is not told`;
  return { gap: { of: 'path-mtu', scope: stack.scope, why: 'not told', detail } };
}

/** Whether the route has one way out by the device, and no policy rule chooses among tables. */
function isOnlyWay(stack: Stack, { route, hop }: Path, family: 4 | 6): boolean {
  const { rules } = stack;
  if (rules.is === 'gap' || (family === 4 && rules.table.custom)) return false;
  return route.hops.filter(({ dev }) => dev === hop.dev).length <= 1;
}
