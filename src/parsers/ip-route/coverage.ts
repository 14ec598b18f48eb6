import type { Input } from '../format.ts';
import { routePart } from '#facts/route/route';
import { type Asked, askedOf } from '../iproute2.ts';
import { coverageOf } from '../lines.ts';
import { type Route, tableName } from './route-words.ts';

/** What `ip route` was asked: which table stands behind lines that name none, which device was left out of them. */
export type RouteAsked = Asked & {
  readonly table: string;
  readonly dev: string | undefined;
  readonly all: boolean;
  readonly narrowed: boolean;
};

export function routeAsked(input: Input): RouteAsked {
  const asked = askedOf(input);
  const { rest } = asked;
  let table = 'main';
  let dev: string | undefined;
  let narrowed = false;
  for (let at = 0; at < rest.length; at += 2) {
    const word = rest[at] ?? '';
    const value = rest[at + 1] ?? '';
    if (word === 'cache' || word === 'cached') at--;
    if (word === 'table' || word === 't') table = tableName(value);
    else narrowed = true;
    if (word === 'dev' || word === 'oif') dev = value;
  }
  const all = table === 'all' || table === '0';
  return { ...asked, table: all ? 'main' : table, all, dev, narrowed };
}

/** The tables that a listing shows fully. Without a family `ip route` lists IPv4's, but of `table all` both families. */
export function routeCoverage(input: Input, asked: RouteAsked, routes: readonly Route[], isBroken: boolean): true | readonly string[] {
  if (coverageOf(input) !== true || asked.narrowed || isBroken) return [];
  if (asked.known) {
    const { family = 4 } = asked;
    if (!asked.all) return [routePart(asked.table, family)];
    if (asked.family === undefined) return true;
    return ['main', 'local', 'default', ...tablesOf(routes)].map((table) => routePart(table, family));
  }
  if (routes.some(({ table }) => table === 'local')) return routes.some(isConnected) ? true : [];
  const four = routes.some(({ to }) => !to.includes(':'));
  const devices = routes.every(({ hops, type }) => type !== 'unicast' || (hops.length > 0 && hops.every(({ dev }) => dev !== null)));
  return four && devices && routes.some(isConnected) ? ['main'] : [];
}

/**
 * A route to what is on a device's wire. A table of which nobody knows how it was asked for is not all of `main` without one: the
 * kernel takes no gateway that no such route leads to (net/ipv4/fib_semantics.c fib_check_nh_v4_gw), so it is another table, a
 * few routes of it (`ip route show default`, `| grep`), or the local ones.
 */
const isConnected = ({ type, hops }: Route): boolean => type === 'unicast' && hops.some(({ dev, via }) => dev !== null && via === null);

/** Whether the paths' own words were asked for, beside the tables. */
export const isCached = ({ rest }: Asked): boolean => rest.some((word) => word === 'cache' || word === 'cached');

/** The family of which everything that paths have told is listed. */
export function cachedCoverage(input: Input, { family, rest }: RouteAsked): true | readonly string[] {
  if (coverageOf(input) !== true || rest.length > 1) return [];
  return [String(family ?? 4)];
}

const tablesOf = (routes: readonly Route[]): readonly string[] => [...new Set(routes.map(({ table }) => table))];
