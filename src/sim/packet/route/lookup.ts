import type { Link } from '#facts/link/link';
import type { Rule } from '#facts/rule/rule';
import { familyOf } from '#net/ip';
import type { Gap } from '#snapshot/gap';
import { citeAbsence } from '#dataplane/reading';
import { isBornWith } from '#dataplane/rules';
import type { Stack } from '#dataplane/stack';
import type { FactRef } from '../outcome.ts';
import type { Run } from '../run.ts';
import { untold } from '../untold.ts';
import { taken } from './default-routes.ts';
import { applies, flowVrf, type RouteFlow } from './flow.ts';
import { ERRORS, type Found, isError } from './found.ts';
import { hashedBy, pickHop } from './multipath.ts';
import type { Path } from './path.ts';
import { redirected } from './redirected.ts';
import { isSuppressed, search4 } from './table4.ts';
import { search6 } from './table6.ts';
import { areSplit, foundIn, joined, partly, tableOf } from './tables.ts';

export type { RouteFlow } from './flow.ts';

/** A path, an error as the kernel names it, or why it is not known. */
export type RouteAnswer =
  | { readonly is: 'path'; readonly path: Path }
  | {
      readonly is: 'error';
      readonly error: 'ENETUNREACH' | 'EHOSTUNREACH' | 'EACCES' | 'EINVAL';
      readonly says: string;
      readonly by: readonly FactRef[];
    }
  | { readonly is: 'gap'; readonly gap: Gap };

/** A rule that refuses in IPv6 says that there is no route (fib6_rule_action). */
const RULE_ERRORS = { 4: ERRORS, 6: { ...ERRORS, unreachable: 'ENETUNREACH' } } as const;

/** Looks a route up through the policy rules (net/ipv4/fib_rules.c __fib_lookup, net/ipv6/fib6_rules.c fib6_rule_lookup). Without a run no way of several is chosen. */
export function lookup(run: Run | null, stack: Stack, flow: RouteFlow): RouteAnswer {
  const { rules } = stack;
  if (rules.is === 'gap') return fromLocal(stack, flow) ?? { is: 'gap', gap: rules.gap };
  const family = familyOf(flow.destination);
  const vrf = flowVrf(stack, flow);
  if (family === 4 && !rules.table.custom && vrf === undefined) return unruled(run, stack, flow);
  const all = rules.table[family];
  let from = -1;
  for (const rule of all) {
    if (rule.priority < from || !speaksOf(run, stack, rule, flow, vrf)) continue;
    const { action } = rule;
    if (action.does === 'nop') continue;
    if (action.does === 'goto') {
      // a rule that leads nowhere is passed over
      if (all.some(({ priority }) => priority === action.priority)) from = action.priority;
      continue;
    }
    const ref = stack.cite('rule', rule);
    if (action.does === 'unknown') return { is: 'gap', gap: unmodelled(stack, 'rule', action.text) };
    if (action.does !== 'lookup' && action.does !== 'lookup of its VRF')
      return { is: 'error', error: RULE_ERRORS[family][action.does], says: `rule ${rule.priority} says ${action.does}`, by: [ref] };
    const table = action.does === 'lookup' ? action.table : vrf?.upper?.kind === 'vrf' ? vrf.upper.table : undefined;
    if (table === undefined) return { is: 'gap', gap: unmodelled(stack, 'link', `the table of VRF ${vrf?.name} was not told`) };
    const answer = inTable(run, stack, flow, rule, table);
    if (answer !== undefined) return answer;
  }
  if (rules.table.covers !== true && !rules.table.covers.includes(String(family)))
    return { is: 'gap', gap: partly(stack, 'rule', 'the policy rules were read only in part') };
  return noRoute(stack, flow);
}

/** Whether a rule speaks of a flow; where it asks for a user who is not known, both ways are walked. */
function speaksOf(run: Run | null, stack: Stack, rule: Rule, flow: RouteFlow, vrf: Link | undefined): boolean {
  const speaks = applies(rule, flow, vrf);
  if (speaks !== 'not known') return speaks;
  if (run === null) return applies(rule, { ...flow, ofKernel: true }, vrf) === true;
  const detail = `rule ${rule.priority} asks for the user of the socket that sends (uidrange ${rule.uidRange?.join('-')}), which is not known`;
  const [at, by] = [`rule ${rule.priority} uidrange`, [stack.cite('rule', rule)]];
  const missing = { of: 'rule', why: 'not told' } as const;
  const isUser = untold(run, stack, { at, of: 'user', options: ['another user', 'that user'], detail, missing, by }) === 1;
  return isUser !== (rule.not === true);
}

/** A local address needs no routing table to be known: used when the rules were not read. */
function fromLocal(stack: Stack, flow: RouteFlow): RouteAnswer | undefined {
  if (stack.derivedLocal.is === 'gap') return undefined;
  const found = search4(stack, stack.derivedLocal.table, flow);
  return found === undefined || 'gap' in found ? undefined : answerOf(stack, flow, found, 0);
}

/**
 * As long as nobody has touched the rules, tables `local` and `main` are one trie: the longest prefix of both wins (fib_lookup of
 * include/net/ip_fib.h). Rules that were added and taken away again leave no sign, and then `local` is asked first.
 */
function unruled(run: Run | null, stack: Stack, flow: RouteFlow): RouteAnswer {
  const local = tableOf(stack, 'local', 4);
  const main = tableOf(stack, 'main', 4);
  if ('gap' in local) return { is: 'gap', gap: local.gap };
  if ('gap' in main) {
    const only = foundIn(stack, local.table, flow);
    return only === undefined || 'gap' in only ? { is: 'gap', gap: main.gap } : answerOf(stack, flow, only, 0);
  }
  const both = foundIn(stack, joined(local.table, main.table), flow);
  if (both !== undefined && 'gap' in both) return { is: 'gap', gap: both.gap };
  if (both !== undefined) {
    // what both find in table local is what that finds alone
    const only = both.route.table === 'local' ? both : foundIn(stack, local.table, flow);
    const isOther = only !== undefined && !('gap' in only) && only.route !== both.route;
    return isOther && areSplit(run, stack, flow, only) ? answerOf(stack, flow, only, 0) : reached(run, stack, flow, both);
  }
  const rest = tableOf(stack, 'default', 4);
  if ('gap' in rest) return noRoute(stack, flow);
  const last = foundIn(stack, rest.table, flow);
  if (last === undefined || 'gap' in last) return noRoute(stack, flow);
  return reached(run, stack, flow, last);
}

/** A route that sends on to the next table leads nowhere where there is none. */
const reached = (run: Run | null, stack: Stack, flow: RouteFlow, found: Found): RouteAnswer =>
  found.route.type === 'throw' ? noRoute(stack, flow) : led(run, stack, flow, found);

/** The way of a route, or of one that takes turns with it. */
function led(run: Run | null, stack: Stack, flow: RouteFlow, found: Found, chosenBy: readonly FactRef[] = []): RouteAnswer {
  const own = taken(run, stack, flow, found);
  if ('gap' in own) return { is: 'gap', gap: own.gap };
  return answerOf(stack, flow, own, pickHop(run, stack, flow, own), [...chosenBy, ...hashedBy(stack, flow, own)]);
}

function inTable(run: Run | null, stack: Stack, flow: RouteFlow, rule: Rule, name: string): RouteAnswer | undefined {
  const family = familyOf(flow.destination);
  const known = tableOf(stack, name, family);
  if ('gap' in known) return { is: 'gap', gap: known.gap };
  if (known.table === undefined) return undefined;
  const found = family === 4 ? search4(stack, known.table, flow) : search6(stack, known.table, flow);
  if (found === undefined) return undefined;
  if ('gap' in found) return { is: 'gap', gap: found.gap };
  if (found.route.type === 'throw' || isSuppressed(stack, rule, found)) return undefined;
  return led(run, stack, flow, found, isBornWith(rule) ? [] : [stack.cite('rule', rule)]);
}

/** What a table says, with the rule that chose the table where somebody made that rule. */
function answerOf(
  stack: Stack,
  { destination }: RouteFlow,
  { route, hops, by }: Found,
  picked: number,
  chosenBy: readonly FactRef[] = [],
): RouteAnswer {
  if (isError(route))
    return { is: 'error', error: ERRORS[route.type], says: `the route to ${route.to} is of type ${route.type}`, by: [by, ...chosenBy] };
  const hop = hops[picked];
  if (hop?.dev === undefined || hop.dev === null)
    return { is: 'gap', gap: partly(stack, 'route', `the route to ${route.to} does not tell its device`) };
  if (typeof route.encapsulation === 'string')
    return { is: 'gap', gap: unmodelled(stack, 'route', `the route to ${route.to} encapsulates (${route.encapsulation})`) };
  // IPv4 sends there and takes nothing in (net/ipv4/route.c __mkroute_output, ip_route_input_slow), IPv6 has it as its own (net/ipv6/route.c addrconf_f6i_alloc)
  const does =
    route.type === 'local' || route.type === 'broadcast' || route.type === 'multicast'
      ? route.type
      : route.type === 'anycast'
        ? familyOf(destination) === 6
          ? 'local'
          : 'anycast'
        : 'send';
  const path: Path = {
    does,
    dev: hop.dev,
    via: hop.via,
    onlink: hop.onlink === true,
    route,
    hop,
    source: route.source ?? null,
    mtu: route.mtu ?? null,
    by: [by, ...chosenBy],
  };
  const led = redirected(stack, path, destination);
  return 'gap' in led ? { is: 'gap', gap: led.gap } : { is: 'path', path: led };
}

function noRoute(stack: Stack, flow: RouteFlow): RouteAnswer {
  const { routes } = stack;
  const all = routes.is === 'seen' ? citeAbsence(routes, `route to ${flow.destination}`) : [];
  // a list of the other family says nothing of this one
  const own = all.filter(({ origin }) => {
    const families = routes.is === 'seen' ? routes.table.families.get(origin.file) : undefined;
    return families === undefined || families.has(familyOf(flow.destination));
  });
  const by = own.length > 0 ? own : all;
  return { is: 'error', error: 'ENETUNREACH', says: `no route to ${flow.destination}`, by };
}

const unmodelled = (stack: Stack, of: string, detail: string): Gap => ({ of, scope: stack.scope, why: 'not modelled', detail });
