import type { Group, Site } from './construct.ts';
import { GATEWAYS, ip, isRouter, line, target, towardsBehind } from './ways.ts';

/** Two ways at once, weighted, and what tells its hash apart: `_policy=2` and the like, with `net.ipv4.fib_multipath_hash` before each. */
export function severalWays(site: Site, hashing: readonly string[]): Group | null {
  if (!isRouter(site)) return null;
  const { dice, family } = site;
  const ways = GATEWAYS[family].map((via) => `nexthop via ${via} weight ${1 + dice.roll(4)}`).join(' ');
  const settings = hashing.map((one) => `net.ipv${family}.fib_multipath_hash${one}`).join(' ');
  const route = line(site, `${ip(site)} route replace ${target(site)} metric 3 ${ways}`);
  const aims = towardsBehind(site);
  const talk = { by: 'route/same-ends', aims };
  return { rules: [line(site, `sysctl -qw ${settings}`), { ...route, by: ['route/multipath'] }], aims, talk };
}
