import { type Family, familyOf, type Ip, parseIp } from '#net/ip';
import type { FactOf } from '#facts/kinds';
import { parseCidr } from '#net/cidr';
import type { Origin } from '#snapshot/origin';
import { listAt, numberAt, textAt } from '../document.ts';
import { defineFormat, type Input, type Parsed, pathOf, type Problem, reading } from '../format.ts';
import { cachedCoverage, isCached, type RouteAsked, routeAsked, routeCoverage } from '../ip-route/coverage.ts';
import { destinationOf, type NextHop, preferenceOf, type Route, tableName, tosOf } from '../ip-route/route-words.ts';
import { protocolName, routeType, scopeName } from '../iproute2-numbers.ts';
import { jsonHead, jsonList } from '../json-list.ts';

const flagsOf = (value: unknown): readonly unknown[] | undefined => listAt(value, 'flags');

const gatewayOf = (value: unknown): Ip | null => parseIp(textAt(value, 'gateway') ?? textAt(value, 'via', 'host') ?? '') ?? null;

function hopOf(value: unknown, device: string | undefined): NextHop | undefined {
  const dev = textAt(value, 'dev') ?? device ?? null;
  const via = gatewayOf(value);
  if (dev === null && via === null) return undefined;
  const flags = flagsOf(value);
  return {
    dev,
    via,
    onlink: flags?.includes('onlink'),
    weight: numberAt(value, 'weight') ?? 1,
    dead: flags === undefined ? undefined : flags.includes('dead') || flags.includes('linkdown'),
    linkdown: flags?.includes('linkdown'),
  };
}

function hopsOf(value: unknown, dev: string | undefined): readonly NextHop[] {
  const listed = listAt(value, 'nexthops');
  const hops = listed === undefined ? [hopOf(value, dev)] : listed.map((one) => hopOf(one, undefined));
  return hops.filter((hop) => hop !== undefined);
}

function defaultFamily(value: unknown, asked: Family | undefined): Family {
  if (textAt(value, 'pref') !== undefined) return 6;
  const near = parseIp(textAt(value, 'prefsrc') ?? textAt(value, 'gateway') ?? '');
  return near === undefined ? (asked ?? 4) : familyOf(near);
}

const TYPES = 'unicast local broadcast multicast anycast unreachable blackhole prohibit throw nat'.split(' ');

function routeOf(value: unknown, asked: RouteAsked, origin: Origin): Route | undefined {
  const dst = textAt(value, 'dst');
  const type = routeType(textAt(value, 'type') ?? 'unicast');
  const to = dst === undefined ? undefined : destinationOf(dst, defaultFamily(value, asked.family));
  if (to === undefined || !TYPES.includes(type)) return undefined;
  const metrics = listAt(value, 'metrics')?.[0];
  return {
    table: tableName(textAt(value, 'table') ?? asked.table),
    type: type as Route['type'],
    to,
    hops: hopsOf(value, asked.dev),
    nexthopId: numberAt(value, 'nhid') ?? null,
    metric: numberAt(value, 'metric') ?? 0,
    source: parseIp(textAt(value, 'prefsrc') ?? '') ?? null,
    scope: scopeName(textAt(value, 'scope')),
    protocol: protocolName(textAt(value, 'protocol')),
    mtu: numberAt(metrics, 'mtu') ?? null,
    tos: tosOf(textAt(value, 'tos')),
    // JSON does not say whether it is locked
    mtuLocked: numberAt(metrics, 'mtu') === undefined ? false : undefined,
    preference: preferenceOf(textAt(value, 'pref')),
    from: textAt(value, 'from') === undefined ? null : parseCidr(textAt(value, 'from') ?? ''),
    encapsulation: textAt(value, 'encap') ?? null,
    origin,
  };
}

function parse(input: Input): Parsed {
  const { members, problems: broken } = jsonList(input);
  const asked = routeAsked(input);
  const problems: Problem[] = [...broken];
  const routes: Route[] = [];
  const learnt: FactOf<'path-mtu'>[] = [];
  let isLost = false;
  for (const [at, value] of members.entries()) {
    // `ip route get` gives an answer, no entry of a table; `show cached` what paths have told, of IPv6 without that word
    if (listAt(value, 'cache') !== undefined || isCached(asked)) {
      const told = isCached(asked) ? learntOf(value, pathOf(input, `[${at}]`)) : undefined;
      if (told !== undefined) learnt.push(told);
      else if (isCached(asked) && !isEmpty(value)) {
        isLost = true;
        problems.push({ line: 1, why: `[${at}]: what was learnt of this path is not understood` });
      }
      continue;
    }
    if (textAt(value, 'encap') !== undefined && textAt(value, 'dst') !== undefined) {
      isLost = true;
      problems.push({ line: 1, why: `[${at}]: the destination inside its encapsulation hides the route's own` });
      continue;
    }
    const route = routeOf(value, asked, pathOf(input, `[${at}]`));
    if (route !== undefined) routes.push(route);
    else if (!isEmpty(value)) {
      isLost = true;
      problems.push({ line: 1, why: `[${at}] is no route` });
    }
  }
  if (broken.length > 0) return { readings: [], problems };
  if (isCached(asked)) return { readings: [reading('path-mtu', learnt, isLost ? [] : cachedCoverage(input, asked))], problems };
  return { readings: [reading('route', routes, routeCoverage(input, asked, routes, isLost))], problems };
}

/** iproute2 writes `{}` for what its filter leaves out. */
const isEmpty = (value: unknown): boolean => typeof value === 'object' && value !== null && Object.keys(value).length === 0;

/** An exception that a path's MTU or a redirect made. */
function learntOf(value: unknown, origin: Origin): FactOf<'path-mtu'> | undefined {
  const to = parseIp(textAt(value, 'dst') ?? '');
  const mtu = numberAt(listAt(value, 'metrics')?.[0], 'mtu') ?? null;
  const redirected = listAt(value, 'cache')?.includes('redirected') === true || protocolName(textAt(value, 'protocol')) === 'redirect';
  if (to === undefined || (mtu === null && !redirected)) return undefined;
  const expires = numberAt(value, 'expires') ?? null;
  return {
    to,
    dev: textAt(value, 'dev') ?? null,
    via: gatewayOf(value),
    mtu,
    redirected,
    locked: undefined,
    expiresSeconds: expires,
    origin,
  };
}

/** JSON of `ip route`. */
export default defineFormat({
  id: 'ip-route-json',
  is: 'JSON of `ip route`, of one table or all, also with -d',
  tells: ['route'],
  recognise: (head) =>
    /"(gateway|protocol|flags|nexthops|prefsrc|type)":/.test(head) && !/"(lladdr|priority|mac)":/.test(head) ? jsonHead(head, 'dst') : 0,
  parse,
});
