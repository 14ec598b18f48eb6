import type { Route } from '#facts/route/route';
import type { Rule } from '#facts/rule/rule';
import { lengthOf } from '#net/cidr';
import type { PrefixTable } from '#net/prefix-table';
import type { Stack } from '#dataplane/stack';
import { inTurns } from './default-routes.ts';
import { type RouteFlow, tosOf } from './flow.ts';
import { type Found, hopsOf, isAlive, isError, type TableAnswer } from './found.ts';

/**
 * The longest IPv4 prefix with a usable way out, a type of service before none, a small metric before a large one; a prefix whose
 * ways are all dead gives room to a shorter one (net/ipv4/fib_trie.c fib_table_lookup).
 */
export function search4(stack: Stack, table: PrefixTable<Route>, flow: RouteFlow): TableAnswer {
  const tos = tosOf(flow);
  for (const group of table.matches(flow.destination)) {
    for (const route of group) {
      if ((route.tos ?? 0) !== 0 && route.tos !== tos) continue;
      const found = usable(stack, route, flow);
      if (found !== undefined) return 'gap' in found ? found : withTurns(stack, group, found, flow);
    }
  }
  return undefined;
}

function withTurns(stack: Stack, group: readonly Route[], first: Found, flow: RouteFlow): Found {
  const turns = inTurns(group, flow, first.route, (route) => usable(stack, route, flow));
  return 'gap' in turns || turns.length > 0 ? { ...first, turns } : first;
}

/** A route with those of its ways out that a flow can take; nothing where there are none. */
function usable(stack: Stack, route: Route, flow: RouteFlow): TableAnswer {
  const by = stack.cite('route', route);
  if (isError(route) || route.type === 'throw') return { route, hops: [], by };
  const all = hopsOf(stack, route);
  if ('gap' in all) return all;
  const hops = all.filter(
    (hop) => isAlive(stack, route, hop) && (flow.oif === null || hop.dev === flow.oif || isOfVrf(stack, hop.dev, flow)),
  );
  return hops.length > 0 ? { route, hops, by } : undefined;
}

/** A VRF stands for every device in it. */
const isOfVrf = (stack: Stack, dev: string | null, { oif }: RouteFlow): boolean =>
  dev !== null && oif !== null && stack.link(oif)?.upper?.kind === 'vrf' && stack.link(dev)?.master === oif;

/** Whether a rule does not want what its table found: too short a prefix, or a device of a group (fib4_rule_suppress, fib6_rule_suppress). */
export function isSuppressed(stack: Stack, rule: Rule, { route, hops }: Found): boolean {
  const { suppressPrefixLength, suppressGroup } = rule;
  if (isError(route) || route.type === 'throw') return false;
  if (suppressPrefixLength !== null && suppressPrefixLength !== undefined && lengthOf(route.to) <= suppressPrefixLength) return true;
  if (suppressGroup === null || suppressGroup === undefined) return false;
  const dev = hops[0]?.dev;
  return dev !== null && dev !== undefined && stack.link(dev)?.group === suppressGroup;
}
