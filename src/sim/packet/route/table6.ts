import { neighbourKey } from '#dataplane/neighbours';
import type { Stack } from '#dataplane/stack';
import type { NextHop, Route } from '#facts/route/route';
import { contains, lengthOf } from '#net/cidr';
import type { PrefixTable } from '#net/prefix-table';
import { OFF_OR_ON, setting, settingGap, whichever } from '../setting.ts';
import type { RouteFlow } from './flow.ts';
import { hopsOf, isAlive, isError, type TableAnswer } from './found.ts';

/** IPV6_DECODE_PREF of include/net/ip6_route.h. */
const PREFERENCE = { low: 1, medium: 2, high: 3 } as const;
const NO_MATCH = -1;

/**
 * The route of an IPv6 table: the longest prefix that has one which can be used, first among those for the flow's source, then by
 * metric and, within one, by score (net/ipv6/route.c fib6_table_lookup, rt6_select). A host that does not forward passes over
 * routers that do not answer, unless nothing else is left.
 */
export function search6(stack: Stack, table: PrefixTable<Route>, flow: RouteFlow): TableAnswer {
  const forwarding = setting(stack, 'net.ipv6.conf.all.forwarding');
  const ofHost = (value: number): TableAnswer =>
    (value === 0 ? pass(stack, table, flow, true) : undefined) ?? pass(stack, table, flow, false);
  const found = whichever(forwarding, OFF_OR_ON, ofHost, areOne);
  return found.is === 'seen' ? found.value : { gap: settingGap(found, `a router to ${flow.destination} did not answer`) };
}

/** The same route, with the same ways out. */
const areOne = (one: TableAnswer, other: TableAnswer): boolean =>
  one === undefined || other === undefined || 'gap' in one || 'gap' in other
    ? one === other
    : one.route === other.route && one.hops.length === other.hops.length;

function pass(stack: Stack, table: PrefixTable<Route>, flow: RouteFlow, asHost: boolean): TableAnswer {
  for (const group of table.matches(flow.destination)) {
    for (const routes of bySource(group, flow)) {
      const found = select(stack, routes, flow, asHost);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** Routes of one prefix that are for the flow's source, the longest first, then those for any (fib6_node_lookup_1). */
function bySource(routes: readonly Route[], { source }: RouteFlow): readonly (readonly Route[])[] {
  const isPlain = ({ from }: Route): boolean => from === null || from === undefined || lengthOf(from) === 0;
  if (routes.every(isPlain)) return [routes];
  const own = routes.filter(({ from }) => from !== null && from !== undefined && source !== null && contains(from, source));
  const lengths = [...new Set(own.map(({ from }) => (from == null ? 0 : lengthOf(from))))].sort((one, other) => other - one);
  return [...lengths.map((length) => own.filter(({ from }) => from != null && lengthOf(from) === length)), routes.filter(isPlain)];
}

/** The route with the best score among those of the smallest metric that has any (find_rr_leaf), or by the device that is asked for. */
function select(stack: Stack, routes: readonly Route[], flow: RouteFlow, asHost: boolean): TableAnswer {
  const leads = ({ dev }: NextHop): boolean => dev !== null && dev === flow.oif;
  const asked =
    flow.anyMetric === true ? routes.find((route) => route.hops.some((hop) => leads(hop) && isAlive(stack, route, hop))) : undefined;
  if (asked !== undefined) return best(stack, [asked], flow, false);
  const [first] = routes;
  const near = routes.filter(({ metric }) => (metric ?? 0) === (first?.metric ?? 0));
  const far = routes.filter(({ metric }) => (metric ?? 0) !== (first?.metric ?? 0));
  return best(stack, near, flow, asHost) ?? best(stack, far, flow, asHost);
}

function best(stack: Stack, routes: readonly Route[], flow: RouteFlow, asHost: boolean): TableAnswer {
  let chosen: { readonly route: Route; readonly hops: readonly NextHop[] } | undefined;
  let highest = NO_MATCH;
  for (const route of routes) {
    const all = hopsOf(stack, route);
    if ('gap' in all) return all;
    const isRefusal = isError(route) || route.type === 'throw';
    const scored = isRefusal
      ? [{ hop: null, score: scoreOf(route, true) }]
      : all
          .filter((hop) => isAlive(stack, route, hop) && isReached(stack, hop, asHost))
          .map((hop) => ({ hop, score: scoreOfHop(route, hop, flow) }));
    const top = Math.max(NO_MATCH, ...scored.map(({ score }) => score));
    if (top <= highest) continue;
    highest = top;
    chosen = { route, hops: scored.flatMap(({ hop, score }) => (hop === null || score === NO_MATCH ? [] : [hop])) };
  }
  return chosen === undefined ? undefined : { ...chosen, by: stack.cite('route', chosen.route) };
}

const scoreOf = (route: Route, onDevice: boolean): number => (onDevice ? 2 : 0) | (PREFERENCE[route.preference ?? 'medium'] << 2);

/** A device that was asked for is preferred, and demanded where the address means nothing without it (rt6_score_route). */
function scoreOfHop(route: Route, hop: NextHop, { oif, prefers, strict }: RouteFlow): number {
  const wanted = oif ?? prefers ?? null;
  const onDevice = wanted === null || hop.dev === wanted;
  return !onDevice && strict === true ? NO_MATCH : scoreOf(route, onDevice);
}

/** A router that failed to answer is no way for a host (rt6_check_neigh). */
function isReached(stack: Stack, { dev, via }: NextHop, asHost: boolean): boolean {
  if (!asHost || via === null || dev === null || stack.neighbours.is === 'gap') return true;
  return stack.neighbours.table.get(neighbourKey(dev, via))?.state !== 'failed';
}
