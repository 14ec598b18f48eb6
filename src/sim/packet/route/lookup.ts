import { type NextHop, type Route, routePart } from '#facts/route/route';
import type { Rule } from '#facts/rule/rule';
import { contains, lengthOf } from '#net/cidr';
import { type Family, familyOf, type Ip } from '#net/ip';
import type { PrefixTable } from '#net/prefix-table';
import type { Gap } from '#snapshot/gap';
import { citeAbsence } from '#dataplane/reading';
import type { Stack } from '#dataplane/stack';
import type { FactRef } from '../outcome.ts';
import type { Packet } from '../packet.ts';
import { placeText, type Run } from '../run.ts';
import type { Path } from './path.ts';

/** What a route is looked up by (struct flowi4). `iif` is `lo` for a packet of one's own. */
export type RouteFlow = {
  readonly source: Ip | null;
  readonly destination: Ip;
  readonly iif: string;
  readonly oif: string | null;
  readonly mark: number;
  readonly packet: Pick<Packet, 'protocol' | 'sourcePort' | 'destinationPort'> | null;
};

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

type TableAnswer = { readonly route: Route; readonly hops: readonly NextHop[]; readonly by: FactRef } | undefined;

const ERRORS = { unreachable: 'EHOSTUNREACH', blackhole: 'EINVAL', prohibit: 'EACCES' } as const;

/** Looks a route up through the policy rules (net/core/fib_rules.c fib_rules_lookup, net/ipv4/fib_trie.c fib_table_lookup). Without a run no way of several is chosen. */
export function lookup(run: Run | null, stack: Stack, flow: RouteFlow): RouteAnswer {
  const local = fromLocal(stack, flow);
  const { rules } = stack;
  if (rules.is === 'gap') return local ?? { is: 'gap', gap: rules.gap };
  let from = -1;
  for (const rule of rules.table[familyOf(flow.destination)]) {
    if (rule.priority < from || !applies(rule, flow)) continue;
    const { action } = rule;
    if (action.does === 'nop') continue;
    if (action.does === 'goto') {
      from = action.priority;
      continue;
    }
    const ref = stack.cite('rule', rule);
    if (action.does === 'unknown') return { is: 'gap', gap: unmodelled(stack, 'rule', action.text) };
    if (action.does !== 'lookup')
      return { is: 'error', error: ERRORS[action.does], says: `rule ${rule.priority} says ${action.does}`, by: [ref] };
    const answer = inTable(run, stack, flow, rule, action.table);
    if (answer !== undefined) return answer;
  }
  const wanted = String(familyOf(flow.destination));
  if (rules.table.covers !== true && !rules.table.covers.includes(wanted))
    return { is: 'gap', gap: partly(stack, 'rule', 'the policy rules were read only in part') };
  return noRoute(stack, flow);
}

/** A local address needs no routing table to be known: used when the rules were not read. */
function fromLocal(stack: Stack, flow: RouteFlow): RouteAnswer | undefined {
  if (stack.rules.is === 'seen' || stack.derivedLocal.is === 'gap') return undefined;
  const found = search(stack, stack.derivedLocal.table, flow, null);
  return found === undefined ? undefined : answerOf(stack, found, 0);
}

function inTable(run: Run | null, stack: Stack, flow: RouteFlow, rule: Rule, name: string): RouteAnswer | undefined {
  const { routes } = stack;
  const covered = routes.is === 'seen' && covers(routes.table.covers, name, familyOf(flow.destination));
  const own = routes.is === 'seen' ? routes.table.tables.get(name) : undefined;
  const derived = name === 'local' && !covered && stack.derivedLocal.is === 'seen' ? stack.derivedLocal.table : undefined;
  const table = own ?? derived;
  if (!covered && derived === undefined) {
    return { is: 'gap', gap: routes.is === 'gap' ? routes.gap : partly(stack, 'route', `routing table ${name} was not read whole`) };
  }
  const found = table === undefined ? undefined : search(stack, table, flow, rule.suppressPrefixLength ?? null);
  if (found === undefined) return undefined;
  if (found.route.type === 'throw') return undefined;
  return answerOf(stack, found, pickHop(run, stack, flow, found));
}

/** Whether a reading lists a table whole. Who lists even `default` has listed every table: one without routes is then empty. */
const covers = (read: true | readonly string[], table: string, family: Family): boolean =>
  read === true ||
  read.includes(routePart(table, family)) ||
  ['main', 'local', 'default'].every((one) => read.includes(routePart(one, family)));

/** The longest prefix with a usable way out; a prefix whose ways are all dead gives room to a shorter one. */
function search(stack: Stack, table: PrefixTable<Route>, flow: RouteFlow, suppress: number | null): TableAnswer {
  for (const routes of table.matches(flow.destination)) {
    for (const route of routes) {
      if ((route.tos ?? 0) !== 0) continue;
      if (suppress !== null && lengthOf(route.to) <= suppress) return undefined;
      if (route.type in ERRORS || route.type === 'throw') return { route, hops: [], by: stack.cite('route', route) };
      const hops = route.hops.filter((hop) => isUsable(stack, route, hop, flow.oif));
      if (hops.length > 0) return { route, hops, by: stack.cite('route', route) };
    }
  }
  return undefined;
}

/** A way out through a device that is down is dead (fib_sync_down_dev); local addresses stay. */
function isUsable(stack: Stack, route: Route, hop: NextHop, oif: string | null): boolean {
  if (hop.dead === true) return false;
  if (oif !== null && hop.dev !== oif) return false;
  if (hop.dev === null || route.type === 'local') return true;
  return stack.link(hop.dev)?.up !== false;
}

function pickHop(run: Run | null, stack: Stack, flow: RouteFlow, { route, hops }: NonNullable<TableAnswer>): number {
  if (run === null || hops.length < 2) return 0;
  const total = hops.reduce((sum, { weight }) => sum + weight, 0);
  const options = hops.map((hop) => ({ name: `via ${hop.via ?? 'link'} dev ${hop.dev ?? '?'}`, probability: hop.weight / total }));
  return run.pick({
    at: `${placeText(stack)} route ${route.table} ${route.to} for ${flow.source ?? '*'}>${flow.destination}`,
    of: 'ecmp',
    scope: 'connection',
    options,
  });
}

function answerOf(stack: Stack, { route, hops, by }: NonNullable<TableAnswer>, picked: number): RouteAnswer {
  if (route.type in ERRORS) {
    const error = ERRORS[route.type as keyof typeof ERRORS];
    return { is: 'error', error, says: `the route to ${route.to} is of type ${route.type}`, by: [by] };
  }
  const hop = hops[picked];
  if (hop?.dev === undefined || hop.dev === null)
    return { is: 'gap', gap: partly(stack, 'route', `the route to ${route.to} does not tell its device`) };
  if (route.nexthopId !== undefined && route.nexthopId !== null && route.hops.length === 0) {
    return { is: 'gap', gap: unmodelled(stack, 'route', `next hop object ${route.nexthopId}`) };
  }
  const does = route.type === 'local' || route.type === 'broadcast' || route.type === 'multicast' ? route.type : 'send';
  const path: Path = {
    does,
    dev: hop.dev,
    via: hop.via,
    onlink: hop.onlink === true,
    route,
    source: route.source ?? null,
    mtu: route.mtu ?? null,
    by: [by],
  };
  return { is: 'path', path };
}

function noRoute(stack: Stack, flow: RouteFlow): RouteAnswer {
  const { routes } = stack;
  const by = routes.is === 'seen' ? citeAbsence(routes, `route to ${flow.destination}`) : [];
  return { is: 'error', error: 'ENETUNREACH', says: `no route to ${flow.destination}`, by };
}

const PROTOCOL_NUMBERS = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58, sctp: 132 } as const;

const inRange = (range: readonly [number, number] | null | undefined, value: number | undefined): boolean =>
  range === null || range === undefined || (value !== undefined && value >= range[0] && value <= range[1]);

/** Whether a rule speaks of this flow (fib_rule_match, fib4_rule_match). */
function applies(rule: Rule, flow: RouteFlow): boolean {
  const { packet } = flow;
  const matches =
    (rule.iif ?? flow.iif) === flow.iif &&
    (rule.oif ?? flow.oif) === flow.oif &&
    ((rule.from ?? null) === null || contains(rule.from as NonNullable<Rule['from']>, flow.source ?? ANY[familyOf(flow.destination)])) &&
    ((rule.to ?? null) === null || contains(rule.to as NonNullable<Rule['to']>, flow.destination)) &&
    ((rule.mark ?? null) === null || (flow.mark & (rule.mark?.mask ?? 0)) >>> 0 === rule.mark?.value) &&
    (rule.tos ?? 0) === 0 &&
    ((rule.ipProto ?? null) === null || (packet !== null && PROTOCOL_NUMBERS[packet.protocol] === rule.ipProto)) &&
    inRange(rule.sourcePorts, packet?.sourcePort) &&
    inRange(rule.destinationPorts, packet?.destinationPort) &&
    (rule.uidRange ?? null) === null;
  return matches !== (rule.not === true);
}

const ANY = { 4: '0.0.0.0' as Ip, 6: '::' as Ip } as const;

const partly = (stack: Stack, of: string, detail: string): Gap => ({ of, scope: stack.scope, why: 'not collected', detail });
const unmodelled = (stack: Stack, of: string, detail: string): Gap => ({ of, scope: stack.scope, why: 'not modelled', detail });
