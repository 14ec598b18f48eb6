import type { Route } from '#facts/route/route';
import type { Rule } from '#facts/rule/rule';
import { lengthOf } from '#net/cidr';
import type { Ip } from '#net/ip';
import type { PrefixTable } from '#net/prefix-table';
import type { Stack } from '#dataplane/stack';
import { type RouteFlow, tosOf } from './flow.ts';
import { type Found, hopsOf, isAlive, isError, type TableAnswer } from './found.ts';

/**
 * The longest IPv4 prefix with a usable way out, a type of service before none, a small metric before a large one; a prefix whose
 * ways are all dead gives room to a shorter one (net/ipv4/fib_trie.c fib_table_lookup). Of several tables that are one trie the
 * first comes first where prefixes are equal.
 */
export function search4(stack: Stack, tables: readonly PrefixTable<Route>[], flow: RouteFlow): TableAnswer {
  const tos = tosOf(flow);
  for (const route of inOrder(tables, flow.destination)) {
    if ((route.tos ?? 0) !== 0 && route.tos !== tos) continue;
    const by = stack.cite('route', route);
    if (isError(route) || route.type === 'throw') return { route, hops: [], by };
    const all = hopsOf(stack, route);
    if ('gap' in all) return all;
    const hops = all.filter(
      (hop) => isAlive(stack, route, hop) && (flow.oif === null || hop.dev === flow.oif || isOfVrf(stack, hop.dev, flow)),
    );
    if (hops.length > 0) return { route, hops, by };
  }
  return undefined;
}

/** A VRF stands for every device in it. */
const isOfVrf = (stack: Stack, dev: string | null, { oif }: RouteFlow): boolean =>
  dev !== null && oif !== null && stack.link(oif)?.upper?.kind === 'vrf' && stack.link(dev)?.master === oif;

/** Routes that hold an address, longest prefix first, of several tables that are searched as one. */
function* inOrder(tables: readonly PrefixTable<Route>[], destination: Ip): Generator<Route> {
  const [only] = tables;
  if (tables.length === 1 && only !== undefined) {
    for (const group of only.matches(destination)) yield* group;
    return;
  }
  const groups = tables.flatMap((table, at) =>
    [...table.matches(destination)].map((group) => ({ at, length: group[0] === undefined ? 0 : lengthOf(group[0].to), group })),
  );
  groups.sort((one, other) => other.length - one.length || one.at - other.at);
  for (const { group } of groups) yield* group;
}

/** Whether a rule does not want what its table found: too short a prefix, or a device of a group (fib4_rule_suppress, fib6_rule_suppress). */
export function isSuppressed(stack: Stack, rule: Rule, { route, hops }: Found): boolean {
  const { suppressPrefixLength, suppressGroup } = rule;
  if (isError(route) || route.type === 'throw') return false;
  if (suppressPrefixLength !== null && suppressPrefixLength !== undefined && lengthOf(route.to) <= suppressPrefixLength) return true;
  if (suppressGroup === null || suppressGroup === undefined) return false;
  const dev = hops[0]?.dev;
  return dev !== null && dev !== undefined && stack.link(dev)?.group === suppressGroup;
}
