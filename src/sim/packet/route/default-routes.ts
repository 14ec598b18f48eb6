import { neighbourKey } from '#dataplane/neighbours';
import type { Neighbour } from '#facts/neighbour/neighbour';
import type { Stack } from '#dataplane/stack';
import type { Route } from '#facts/route/route';
import { lengthOf } from '#net/cidr';
import type { Run } from '../run.ts';
import { untold } from '../untold.ts';
import { type RouteFlow, tosOf } from './flow.ts';
import type { Found, TableAnswer, Turns } from './found.ts';

/**
 * The default routes that take turns with the one that was found, itself first: through gateways, of its metric, or without the type
 * of service that it has (net/ipv4/fib_semantics.c fib_select_default).
 */
export function inTurns(group: readonly Route[], flow: RouteFlow, first: Route, found: (route: Route) => TableAnswer): Turns {
  if (group.length < 2 || lengthOf(first.to) > 0) return [];
  const all: Found[] = [];
  let last = { tos: 0, metric: first.metric ?? 0 };
  for (const route of group) {
    const [tos, metric] = [route.tos ?? 0, route.metric ?? 0];
    if (tos !== 0 && tos !== tosOf(flow)) continue;
    if (metric > last.metric && tos === last.tos) {
      if (last.tos !== 0) continue;
      break;
    }
    const one = found(route);
    if (one === undefined) continue;
    if ('gap' in one) return one;
    last = { tos, metric };
    if (route.type !== 'unicast' || one.hops[0]?.via == null) continue;
    if (all.length === 0 && route !== first) break;
    all.push(one);
  }
  return all.length < 2 ? [] : all;
}

type State = Neighbour['state'];
/** What the kernel takes for an address that may still be right (NUD_VALID). */
const MAY_LIVE: readonly State[] = ['permanent', 'noarp', 'stale', 'delay', 'probe'];

/**
 * Which of them leads a packet: the first whose gateway nobody has asked for, or was just heard of; those that were heard of earlier
 * take turns (fib_detect_death). Only what a host sends itself is led so, and not what names its device (fib_select_path).
 */
export function taken(run: Run | null, stack: Stack, flow: RouteFlow, found: Found): NonNullable<TableAnswer> {
  const { turns } = found;
  if (turns === undefined || flow.iif !== 'lo' || flow.oif !== null) return found;
  if ('gap' in turns) return turns;
  const options = optionsOf(stack, turns);
  const [first = found] = options;
  if (run === null || options.length < 2) return first;
  const names = options.map(({ hops: [hop] }) => `via ${hop?.via} dev ${hop?.dev}`);
  const detail = `default routes ${names.join(' and ')} take turns with each packet that is sent`;
  const [missing, by] = [{ of: 'route', why: 'not told' } as const, options.map((one) => one.by)];
  const picked = untold(run, stack, { at: 'default route', of: 'turn', options: names, detail, scope: 'packet', missing, by });
  return options[picked] ?? first;
}

function optionsOf(stack: Stack, turns: readonly Found[]): readonly Found[] {
  const all = turns.map((found) => ({ found, state: stateOf(stack, found) }));
  const sure = all.findIndex(({ state }) => state === 'absent' || state === 'reachable');
  const believed = all.slice(0, sure < 0 ? all.length : sure + 1).filter(({ state }, at) => at === sure || mayLive(state));
  // where all are dead they take turns too, but those that are being asked for just now
  const some = believed.length > 0 ? believed : all.filter(({ state }, at) => at === 0 || state !== 'incomplete');
  return some.map(({ found }) => found);
}

const mayLive = (state: State | 'absent' | 'not known'): boolean => state === 'not known' || MAY_LIVE.some((one) => one === state);

function stateOf({ neighbours }: Stack, { hops: [hop] }: Found): State | 'absent' | 'not known' {
  if (neighbours.is === 'gap' || hop?.dev == null || hop.via === null) return 'not known';
  const known = neighbours.table.get(neighbourKey(hop.dev, hop.via));
  if (known === undefined) return neighbours.complete ? 'absent' : 'not known';
  return known.state ?? 'not known';
}
