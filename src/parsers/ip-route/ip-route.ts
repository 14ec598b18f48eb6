import type { FactOf } from '#facts/kinds';
import { baseOf } from '#net/cidr';
import { defineFormat, type Input, lineOf, type Parsed, type Problem, reading } from '../format.ts';
import { linesOf, quoted, wholeNumber, wordsOf } from '../lines.ts';
import { cachedCoverage, isCached, routeAsked, routeCoverage } from './coverage.ts';
import { hopOf, type Route, routeOf, routeWords, withoutUnsaid } from './route-words.ts';

const HEAD =
  /^(?:(?:unicast|local|broadcast|multicast|anycast|unreachable|blackhole|prohibit|throw|[1-9]) )?(?:default|[0-9a-f:.]{2,45}(?:\/\d{1,3})?)(?: +(?:via|dev|proto|scope|src|metric|table|tos|nhid|onlink|linkdown|from|nexthop|mark|uid)\b.*)?\s*$/;
/** What the tool writes where the kernel has no such table. */
const REFUSED = /^(?:Error: ipv[46]: FIB table does not exist|Dump terminated)/;
const ONLY_NEIGHBOUR = / lladdr |(?:FAILED|STALE|REACHABLE|PERMANENT|INCOMPLETE|NOARP)\s*$/;

function parse(input: Input): Parsed {
  const asked = routeAsked(input);
  const problems: Problem[] = [];
  let isBroken = false;
  let isLost = false;
  // a row that was not understood may be any row, and the next hops after it are not of the one before
  const lose = (line: number, what: string, text: string, breaks: boolean): void => {
    problems.push({ line, why: `not a ${what}: ${quoted(text.trim())}` });
    [isLost, isBroken] = [true, isBroken || breaks];
  };
  const routes: Route[] = [];
  const learnt: FactOf<'path-mtu'>[] = [];
  let isUnlearnt = false;
  const learn = (line: number, text: string, told: FactOf<'path-mtu'> | undefined): void => {
    if (told !== undefined) learnt.push(told);
    else {
      isUnlearnt = true;
      problems.push({ line, why: `what was learnt of this path is not understood: ${quoted(text.trim())}` });
    }
  };
  const lines = linesOf(input.text).flatMap((line, index) => line.split('\\').map((text) => ({ text, number: index + 1 })));
  for (const { text, number } of lines) {
    const words = wordsOf(text);
    const [first] = words;
    if (first === undefined) continue;
    const last = routes.at(-1);
    if (first === 'nexthop') {
      const hop = isLost || last === undefined ? undefined : hopOf(routeWords(words.slice(1)));
      if (hop !== undefined && last !== undefined) routes[routes.length - 1] = { ...last, hops: [...last.hops, hop] };
      else if (!isLost) lose(number, 'next hop', text, routes.pop() !== undefined);
    } else if (first === 'cache' && last !== undefined) {
      routes.pop(); // `ip route get`: an answer, no entry of a table; `show cached` tells what paths said
      if (isCached(asked)) learn(number, text, learntOf(last, routeWords(words.slice(1)).told, words));
    } else if (first === 'nh_info' || /^\s/.test(text)) {
    } else {
      const got = routeOf(words, { ...asked, origin: lineOf(input, number) });
      if (got === undefined) {
        lose(number, 'route', text, !REFUSED.test(text));
      } else {
        isLost = false;
        routes.push(got.route);
        // of IPv6 what a path told stands on the route's own line
        if (isCached(asked) && got.route.to.includes(':')) learn(number, text, learntOf(got.route, got.told, []));
        if (got.odd !== undefined) problems.push({ line: number, why: `what this word of a route means is not known: ${quoted(got.odd)}` });
      }
    }
  }
  if (isCached(asked))
    return { readings: [reading('path-mtu', learnt, isUnlearnt || isBroken ? [] : cachedCoverage(input, asked))], problems };
  const told = isBusybox(input.text) ? routes.map(withoutUnsaid) : routes;
  return { readings: [reading('route', told, routeCoverage(input, asked, told, isBroken))], problems };
}

/** An exception that a path's MTU or a redirect made: the line of the route, then, of IPv4, one that begins with `cache`. */
function learntOf(route: Route, told: ReadonlyMap<string, string>, words: readonly string[]): FactOf<'path-mtu'> | undefined {
  const mtu = wholeNumber(told.get('mtu')) ?? null;
  const redirected = words.some((word) => /^<.*\bredirected\b.*>$/.test(word)) || route.protocol === 'redirect';
  if (mtu === null && !redirected) return undefined;
  const [hop] = route.hops;
  const expiresSeconds = wholeNumber(told.get('expires')?.replace(/sec$/, '')) ?? null;
  return {
    to: baseOf(route.to),
    dev: hop?.dev ?? null,
    via: hop?.via ?? null,
    mtu,
    redirected,
    locked: undefined,
    expiresSeconds,
    origin: route.origin,
  };
}

/** The first route, with the first of its next hops where these follow on lines of their own, or with -o behind a backslash. */
function firstRoute(head: string): string {
  const lines = linesOf(head).flatMap((line) => line.split('\\'));
  const at = lines.findIndex((line) => line.trim() !== '');
  const first = lines[at] ?? '';
  const next = lines[at + 1] ?? '';
  return /^\s+nexthop (?:via|dev) /.test(next) ? `${first.trimEnd()} ${next.trim()}` : first;
}

/** busybox writes two blanks before these words, as old iproute2 did, but never who made a route. */
const isBusybox = (text: string): boolean =>
  /\S {2}(?:src|metric) /.test(text) && !/ (?:proto|linkdown|dead|mtu|nhid|pref|nexthop) /.test(text);

/** Text of `ip route`, of one table or of all, with or without -d and -o. */
export default defineFormat({
  id: 'ip-route',
  is: 'text of `ip route`, of one table or all, also with -d and -o',
  tells: ['route'],
  recognise: (head) => {
    const first = firstRoute(head);
    return first.length < 1000 &&
      HEAD.test(first) &&
      /\b(via|dev|unreachable|blackhole|prohibit|throw|nhid|proto)\b/.test(first) &&
      !ONLY_NEIGHBOUR.test(first)
      ? 0.9
      : 0;
  },
  parse,
});
