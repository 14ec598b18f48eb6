import { type Action, defineAction } from '#change/change';
import { edit, type Edit } from '#facts/edit';
import type { Facts } from '#facts/facts';
import { route as routeKind, type Route } from '#facts/route/route';
import type { BareRoute } from '#facts/route/own-routes';
import { cidrFamily } from '#net/cidr';
import type { Scope } from '#snapshot/scope';

/** What to do with one route of one table. */
export type RouteParams = { readonly verb: 'add' | 'replace' | 'delete'; readonly route: BareRoute };

const act =
  (verb: RouteParams['verb']) =>
  (on: Scope, route: BareRoute): Action<RouteParams> => {
    const { table, type, to, hops, nexthopId, metric, source, scope, protocol, mtu, mtuLocked, tos, from, encapsulation } = route;
    const told = { table, type, to, hops, nexthopId, metric, source, scope, protocol, mtu, mtuLocked, tos, from, encapsulation };
    return { do: 'route', on, params: { verb, route: told } };
  };

export const addRoute = act('add');
/** Puts a route in the place of the one with the same prefix, metric and TOS, whatever that one's type is. */
export const replaceRoute = act('replace');
export const deleteRoute = act('delete');

/** The words that `ip route` takes for a route, and that it prints. */
export function routeWords(route: BareRoute): readonly string[] {
  const [hop] = route.hops;
  const said = (word: string, value: string | number | null | undefined, usual?: string | number): readonly string[] =>
    value === null || value === undefined || value === usual ? [] : [word, String(value)];
  const hops =
    route.hops.length > 1
      ? route.hops.flatMap((one) => ['nexthop', ...said('via', one.via), ...said('dev', one.dev), ...said('weight', one.weight)])
      : [];
  return [
    ...(route.type === 'unicast' ? [] : [route.type]),
    route.to,
    ...(route.hops.length > 1 ? [] : [...said('via', hop?.via), ...said('dev', hop?.dev)]),
    ...said('table', route.table, 'main'),
    ...said('proto', route.protocol, 'boot'),
    ...said('scope', route.scope, 'global'),
    ...said('src', route.source),
    ...said('metric', route.metric, 0),
    ...said('tos', route.tos, 0),
    ...said('mtu', route.mtu),
    ...(route.hops.length === 1 && hop?.onlink === true ? ['onlink'] : []),
    ...hops,
  ];
}

/** Routes of one slot of a table: the kernel holds one of them unless it is told to append. */
export const sameSlot = (one: BareRoute, other: BareRoute): boolean =>
  one.table === other.table && one.to === other.to && (one.metric ?? 0) === (other.metric ?? 0) && (one.tos ?? 0) === (other.tos ?? 0);

const keyOf = (route: BareRoute): string => routeKind.key({ ...route, origin: { file: '' } });

function editsOf({ on, params: { verb, route } }: Action<RouteParams>, routes: readonly Route[]): readonly Edit[] {
  const put: Edit = { op: 'put', kind: 'route', scope: on, fact: route };
  const remove = (one: BareRoute): Edit => ({ op: 'delete', kind: 'route', scope: on, key: keyOf(one) });
  if (verb === 'delete') return [remove(route)];
  const held = routes.find((one) => sameSlot(one, route));
  return verb === 'replace' && held !== undefined && keyOf(held) !== keyOf(route) ? [remove(held), put] : [put];
}

const routesOn = (facts: Facts, on: Scope): readonly Route[] => {
  const routes = facts.seen('route', on);
  return routes.is === 'seen' ? routes.value : [];
};

const refused = (on: Scope, detail: string) => ({ is: 'unknown', gap: { of: 'route', scope: on, why: 'not modelled', detail } }) as const;

/** Why the kernel would not do it. */
function refusal({ params: { verb, route } }: Action<RouteParams>, routes: readonly Route[]): string | undefined {
  if (verb === 'add' && routes.some((one) => sameSlot(one, route)))
    return `there is a route to ${route.to} in table ${route.table} already`;
  if (verb === 'delete' && !routes.some((one) => keyOf(one) === keyOf(route)))
    return `there is no such route to ${route.to} in table ${route.table}`;
  return undefined;
}

export default defineAction<RouteParams>({
  id: 'route',
  rights: 'CAP_NET_ADMIN',
  command: ({ params: { verb, route } }) =>
    `ip -${cidrFamily(route.to)} route ${verb === 'delete' ? 'del' : verb} ${routeWords(route).join(' ')}`,
  diff: (facts, { on, params: { verb, route } }) => {
    const text = (one: BareRoute): string => routeWords(one).join(' ');
    if (verb === 'delete') return [`- ${text(route)}`];
    const held = routesOn(facts, on).find((one) => verb === 'replace' && sameSlot(one, route));
    return [...(held === undefined ? [] : [`- ${text(held)}`]), `+ ${text(route)}`];
  },
  preview: (facts, action) => {
    const routes = routesOn(facts, action.on);
    const why = refusal(action, routes);
    if (why !== undefined) return refused(action.on, why);
    return { is: 'facts', facts: edit(facts, editsOf(action, routes), `ip route ${action.params.verb} ${action.params.route.to}`) };
  },
});
