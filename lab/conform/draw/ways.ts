import type { Site } from './construct.ts';
import type { Aim } from './packet.ts';
import { addressesOf } from './pool.ts';
import type { Rule } from './rule.ts';

/** Addresses that the far namespace of `route/multihomed` has behind both of its links, by family. */
export const BEHIND = { 4: ['10.96.0.10', '203.0.113.7'], 6: ['fd00:96::10', '2001:db8::7'] } as const;

/** The two gateways to it. */
export const GATEWAYS = { 4: ['10.2.0.2', '10.3.0.2'], 6: ['fd00:2::2', 'fd00:3::2'] } as const;

/** `ip` or `ip -6`. */
export const ip = ({ family }: Pick<Site, 'family'>): string => (family === 4 ? 'ip' : 'ip -6');

/** A command line in the namespace that rules are drawn for. */
export const line = ({ here }: Pick<Site, 'here'>, run: string): Rule => ({ form: 'line', in: here.name, by: [], run });

/** Whether a construct about routers has one here. */
export const isRouter = ({ here, layout }: Pick<Site, 'here' | 'layout'>): boolean => here.role === 'router' && layout.id === 'multihomed';

/** What a route is for: one of the addresses behind the links, its network, or everything. */
export function target({ dice, family }: Pick<Site, 'dice' | 'family'>): string {
  const address = dice.pick(BEHIND[family]);
  return dice.pick([address, address, family === 4 ? '10.96.0.0/16' : 'fd00:96::/64', 'default']);
}

/** Who has the router between itself and both ways. */
const FAR = 'a';

/** Packets for what a route may be for, from where they are routed: for others it makes no difference. */
export const towardsBehind = ({ family, layout }: Pick<Site, 'family' | 'layout'>, more: Aim = {}): readonly Aim[] =>
  BEHIND[family].flatMap((destination) => addressesOf(layout, FAR, family).map((source) => ({ source, ...more, destination })));

/** A way there: by one of the two links, by neither, or on to the next rule. */
export function way({ dice, family }: Pick<Site, 'dice' | 'family'>): string {
  return dice.pick([...GATEWAYS[family].map((via) => `via ${via}`), ...GATEWAYS[family].map((via) => `via ${via}`), 'blackhole', 'throw']);
}

/** The command that adds a route; types stand before what they are for. */
export const routeLine = (site: Pick<Site, 'family'>, verb: string, to: string, way: string, more = ''): string =>
  way.startsWith('via') ? `${ip(site)} route ${verb} ${to} ${way} ${more}`.trim() : `${ip(site)} route ${verb} ${way} ${to} ${more}`.trim();

/** A rule with a table of its own that has one or two routes. */
export function ruleWithTable(site: Site, selector: string, after = ''): readonly Rule[] {
  const { dice } = site;
  const table = 100 + dice.roll(40);
  const priority = 1000 + dice.roll(8000);
  const routes = Array.from({ length: 1 + dice.roll(2) }, () =>
    line(site, routeLine(site, 'replace', target(site), way(site), `table ${table}`)),
  );
  return [line(site, `${ip(site)} rule add ${selector} priority ${priority} lookup ${table} ${after}`.trim()), ...routes];
}
