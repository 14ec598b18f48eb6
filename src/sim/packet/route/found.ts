import type { NextHop, Route } from '#facts/route/route';
import type { Gap } from '#snapshot/gap';
import type { Stack } from '#dataplane/stack';
import { type Setting, settingNamed } from '../setting.ts';
import type { FactRef } from '../outcome.ts';

/** A route that holds a destination, with those of its ways out that can be used. */
export type Found = {
  readonly route: Route;
  readonly hops: readonly NextHop[];
  readonly by: FactRef;
  /** Default routes that may be taken in turn, this one among them. */
  readonly turns?: Turns;
};

/** Routes that take turns, or why they are not known. */
export type Turns = readonly Found[] | { readonly gap: Gap };

/** What a table says: a route, nothing, or why it is not known. */
export type TableAnswer = Found | { readonly gap: Gap } | undefined;

/** The errors that routes of these types are (fib_props of net/ipv4/fib_semantics.c, fib6_prop of net/ipv6/route.c). */
export const ERRORS = { unreachable: 'EHOSTUNREACH', blackhole: 'EINVAL', prohibit: 'EACCES' } as const;

export const isError = (route: Route): route is Route & { readonly type: keyof typeof ERRORS } => route.type in ERRORS;

/** A route's ways out; those of a next hop object where the listing names only that. */
export function hopsOf(stack: Stack, route: Route): readonly NextHop[] | { readonly gap: Gap } {
  const { nexthopId } = route;
  if (route.hops.length > 0 || nexthopId === null || nexthopId === undefined) return route.hops;
  const { nexthops } = stack;
  const unknown = { of: 'nexthop', scope: stack.scope, why: 'not collected', detail: `next hop object ${nexthopId} was not read` } as const;
  if (nexthops.is === 'gap') return { gap: unknown };
  const own = nexthops.table.get(nexthopId);
  if (own === undefined) return { gap: unknown };
  const members = own.group === null ? [{ id: own.id, weight: 1 }] : own.group;
  return members.flatMap(({ id, weight }) => {
    const one = nexthops.table.get(id);
    return one === undefined || one.blackhole ? [] : [{ dev: one.dev, via: one.via, onlink: one.onlink, weight, dead: one.dead }];
  });
}

/**
 * Whether a way out can be used (fib_lookup_good_nhc): one through a device that is down is dead (fib_sync_down_dev); one without
 * carrier is used, unless such routes are ignored. Local addresses stay.
 */
export function isAlive(stack: Stack, route: Route, hop: NextHop): boolean {
  if (hop.dead === true && !(hop.linkdown === true && !ignoresLinkdown(stack, hop.dev, route))) return false;
  if (hop.dev === null || route.type === 'local') return true;
  return stack.link(hop.dev)?.up !== false;
}

/**
 * ignore_routes_with_linkdown: IPv4 asks the device and `all`, IPv6 the device alone. A listing says `dead` of such a route because
 * of it (net/ipv4/fib_semantics.c fib_nexthop_info), so that it is on where it was not read.
 */
function ignoresLinkdown(stack: Stack, device: string | null, route: Route): boolean {
  if (device === null) return false;
  const family = route.to.includes(':') ? 6 : 4;
  const names = family === 4 ? ['all', device] : [device];
  return names.some((name) => isSet(settingNamed(stack, family, name, 'ignore_routes_with_linkdown')));
}

const isSet = (asked: Setting): boolean => asked.is === 'gap' || asked.value > 0;
