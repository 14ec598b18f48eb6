import type { FactOf } from '#facts/kinds';
import { type Cidr, everything, parseCidr } from '#net/cidr';
import { type Family, familyOf, type Ip, parseIp } from '#net/ip';
import type { Origin } from '#snapshot/origin';
import { protocolName, routeType, scopeName } from '../iproute2-numbers.ts';
import { wholeNumber } from '../lines.ts';

export type Route = FactOf<'route'>;
export type NextHop = Route['hops'][number];

const TYPES: ReadonlySet<string> = new Set('unicast local broadcast multicast anycast unreachable blackhole prohibit throw nat'.split(' '));

/** Names and values of a line; what a value is not given for is a flag. */
export type RouteWords = {
  readonly told: ReadonlyMap<string, string>;
  readonly flags: ReadonlySet<string>;
  readonly odd: string | undefined;
  /** The last word says that a value follows, and none does: the line goes on somewhere else. */
  readonly isCut: boolean;
};

const VALUED = new Set(
  (
    'dev proto protocol scope src metric table tos dsfield nhid weight advmss window expires hoplimit pref error realm realms from ' +
    'initcwnd initrwnd cwnd rtt rttvar rto_min ssthresh reordering features quickack congctl iif mark uid ref used users age mtu via fastopen_no_cookie ttl-propagate'
  ).split(' '),
);
const FLAGS = new Set(
  'onlink linkdown dead pervasive offload trap rt_offload rt_trap unresolved notify cache offload_failed rt_offload_failed'.split(' '),
);

/** Reads the words of a route line after its destination. */
export function routeWords(words: readonly string[]): RouteWords {
  const told = new Map<string, string>();
  const flags = new Set<string>();
  let odd: string | undefined;
  let isCut = false;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (!VALUED.has(word)) {
      if (FLAGS.has(word)) flags.add(word);
      else odd ??= word;
      continue;
    }
    let value = words[++at];
    if (value === 'lock') flags.add(`${word} lock`);
    if (value === 'lock' || (word === 'via' && (value === 'inet6' || value === 'inet'))) value = words[++at];
    if (value === undefined) isCut = true;
    else told.set(word, value);
  }
  return { told, flags, odd, isCut };
}

/** The way out that the words name; nothing when they name none. */
export function hopOf({ told, flags, isCut }: RouteWords, dev = told.get('dev')): NextHop | undefined {
  if (isCut) return undefined;
  const via = parseIp(told.get('via') ?? '') ?? null;
  // with -r a gateway is a name: where to is not known then
  if (via === null && (dev === undefined || told.has('via'))) return undefined;
  return {
    dev: dev ?? null,
    via,
    onlink: flags.has('onlink'),
    weight: wholeNumber(told.get('weight')) ?? 1,
    dead: flags.has('dead') || flags.has('linkdown'),
    linkdown: flags.has('linkdown'),
  };
}

const TABLES: ReadonlyMap<string, string> = new Map(Object.entries<string>({ '253': 'default', '254': 'main', '255': 'local' }));

/** A table by the name that the kernel's own three have everywhere. */
export const tableName = (table: string): string => TABLES.get(table) ?? table;

/** `default`, an address or a prefix. */
export function destinationOf(text: string, family: Family): Cidr | undefined {
  return text === 'default' || text === 'all' ? everything(family) : parseCidr(text);
}

/** The family of a `default` route, which only its neighbours in the line tell. */
export function defaultFamily(told: ReadonlyMap<string, string>, asked: Family | undefined): Family {
  if (told.has('pref')) return 6;
  const near = parseIp(told.get('src') ?? '') ?? parseIp(told.get('via') ?? '');
  return near === undefined ? (asked ?? 4) : familyOf(near);
}

/** A whole route line of `ip route`, without the next hops that follow on lines of their own. */
export function routeOf(
  words: readonly string[],
  how: { readonly family: Family | undefined; readonly table: string; readonly dev: string | undefined; readonly origin: Origin },
): ({ readonly route: Route } & Pick<RouteWords, 'told' | 'odd'>) | undefined {
  const type = routeType(words[0] ?? '');
  const typed = TYPES.has(type);
  const { encapsulation, plain } = withoutEncapsulation(words.slice(typed ? 2 : 1));
  const rest = routeWords(plain);
  const { told, isCut } = rest;
  const to = destinationOf(words[typed ? 1 : 0] ?? '', defaultFamily(told, how.family));
  const hop = hopOf(rest, told.get('dev') ?? how.dev);
  if (isCut || to === undefined || (told.has('via') && hop === undefined)) return undefined;
  const route: Route = {
    table: tableName(told.get('table') ?? how.table),
    type: (typed ? type : 'unicast') as Route['type'],
    to,
    hops: hop === undefined ? [] : [hop],
    nexthopId: wholeNumber(told.get('nhid')) ?? null,
    metric: metricOf(told.get('metric')),
    source: sourceOf(told),
    scope: scopeName(told.get('scope')),
    protocol: protocolName(told.get('proto') ?? told.get('protocol')),
    mtu: wholeNumber(told.get('mtu')) ?? null,
    tos: tosOf(told.get('tos') ?? told.get('dsfield')),
    mtuLocked: rest.flags.has('mtu lock'),
    preference: preferenceOf(told.get('pref')),
    from: told.has('from') ? parseCidr(told.get('from') ?? '') : null,
    encapsulation,
    origin: how.origin,
  };
  return { route, told, odd: rest.odd };
}

/** `encap TYPE …` stands before the way out. */
function withoutEncapsulation(words: readonly string[]): { readonly encapsulation: string | null; readonly plain: readonly string[] } {
  const from = words.indexOf('encap');
  if (from < 0) return { encapsulation: null, plain: words };
  const length = words.slice(from).findIndex((word) => word === 'via' || word === 'dev' || word === 'nhid');
  const to = length < 0 ? words.length : from + length;
  return { encapsulation: words.slice(from + 1, to).join(' '), plain: [...words.slice(0, from), ...words.slice(to)] };
}

/** The preference of an IPv6 route; other families have none. */
export const preferenceOf = (text: string | undefined): Route['preference'] =>
  text === 'low' || text === 'medium' || text === 'high' ? text : undefined;

/** busybox prints large metrics as signed numbers. */
const metricOf = (text = ''): number => (/^-\d{1,10}$/.test(text) ? Number(text) >>> 0 : (wholeNumber(text) ?? 0));

/** What busybox's `ip route` leaves out of every line, whatever the kernel said. */
export const withoutUnsaid = (route: Route): Route => ({
  ...route,
  hops: route.hops.map((hop) => ({ ...hop, dead: undefined, linkdown: undefined })),
  nexthopId: undefined,
  mtu: undefined,
  tos: undefined,
});

const sourceOf = (told: ReadonlyMap<string, string>): Ip | null => parseIp(told.get('src') ?? '') ?? null;

const TOS_NAMES: ReadonlyMap<string, number> = new Map(
  Object.entries<number>({ default: 0, lowcost: 2, reliability: 4, throughput: 8, lowdelay: 16 }),
);

/** `0x10`, or a name of rt_dsfield. Nothing when the name is not known. */
export function tosOf(text: string | undefined): number | undefined {
  if (text === undefined) return 0;
  return /^0x[0-9a-f]{1,2}$/i.test(text) ? Number(text) : TOS_NAMES.get(text);
}
