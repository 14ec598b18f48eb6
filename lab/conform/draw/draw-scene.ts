import { type Dice, diceOf } from '../../draw/dice.ts';
import { type Area, type Construct, GUEST_AREAS, type Site } from './construct.ts';
import { type Drawn, drawTable } from './iptables-rules.ts';
import type { Layout, Namespace } from './layout.ts';
import { drawAlone } from './nft-alone.ts';
import { drawNft } from './nft-rules.ts';
import { drawConversations } from './packets.ts';
import { drawPool } from './pool.ts';
import { wantsOf } from '../quotas.ts';
import { constructsOf, type Named, type Registry } from './registry.ts';
import type { Backend, Family, Rule, Table } from './rule.ts';
import type { Scene } from './scene.ts';

/** How many groups of rules the scenes of an area have at least in each namespace that is ruled; up to two more are drawn. */
const GROUPS: Partial<Readonly<Record<Area, number>>> = {
  route: 3,
  nft: 1,
  bridge: 1,
  vxlan: 1,
  services: 1,
  others: 1,
  ipvs: 3,
  modules: 1,
};

/** So many native constructs are tried alone in each namespace that is ruled, of each family. */
const ALONE = 2;

/** So many of the groups of a scene that a guest judges are of its own folder: few packets are played there, and other kernels see the rest. */
const OWN = 3;

const TABLES: Readonly<Record<Area, readonly Table[]>> = {
  filter: ['filter', 'filter', 'mangle', 'raw', 'security'],
  nat: ['nat', 'nat', 'filter', 'mangle'],
  conntrack: ['filter', 'raw', 'mangle', 'nat'],
  route: ['mangle', 'filter'],
  bridge: ['filter', 'mangle', 'nat'],
  vxlan: ['filter', 'mangle'],
  nft: [],
  services: ['filter'],
  others: [],
  link: ['filter', 'mangle'],
  ipvs: ['filter', 'mangle', 'nat'],
  modules: ['filter'],
};

/** Draws a scene; the same seed draws the same one as long as the constructs are the same. Rules change before step `changes`. */
export function drawScene(all: Registry, area: Area, seed: string, packets: number, changes?: number): Scene {
  const dice = diceOf(`${area} ${seed}`);
  const wants = wantsOf(seed);
  const drawnFrom: From = (kind) => constructsOf(all, area, kind, wants.constructs);
  const layouts = layoutsOf(drawnFrom, area);
  const wired = dice.pick(layouts.length > 0 ? layouts : constructsOf(all, 'filter', 'layout')).draw(dice);
  const layout = withSctp(diceOf(`${area} ${seed} sctp`), quiet(area, wired));
  const pools = { 4: drawPool(dice, layout, 4), 6: drawPool(dice, layout, 6) };
  let names = 0;
  const fresh = (prefix: string): string => `${prefix}${++names}`;
  const backend: Backend = wants.iptablesNft ? 'nft' : dice.pick(['legacy', 'nft'] as const);
  const drawn: Drawn[] = [];
  const rulers = layout.namespaces.filter(({ role }) => role !== 'end');
  for (const here of [...rulers, ...layout.namespaces.filter(() => dice.roll(4) === 0)]) {
    for (const family of [4, 6] as const) {
      const site: Site & { readonly backend: Backend } = { dice, layout, here, family, pool: pools[family], fresh, backend };
      drawn.push(...groups(drawnFrom, area, site), ...tables(drawnFrom, area, site));
      if (area !== 'nft') continue;
      const words = [drawnFrom('nft match'), drawnFrom('nft statement')] as const;
      drawn.push(drawNft(site, ...words), ...Array.from({ length: ALONE }, () => drawAlone(site, ...words)));
    }
  }
  const conversations = drawConversations(
    { dice, layout, fresh },
    packets,
    {
      pools,
      aims: drawn.flatMap(({ aims }) => aims),
      talks: drawn.flatMap(({ talks = [] }) => talks),
      ordinary: ruledByPorts(drawn.flatMap((one) => one.rules)),
      wants,
    },
    drawnFrom('conversation'),
  );
  const rules = drawn.flatMap((one) => one.rules);
  const lines = drawn.flatMap(({ later = [] }) => later);
  const change = changes === undefined ? {} : { change: { before: changes, without: fewer(dice, rules), lines } };
  return { area, seed, layout, rules, conversations, ...change };
}

/** The constructs of a kind that a scene is drawn from. */
type From = <K extends Construct['kind']>(kind: K) => readonly Named<K>[];

/** An area's own topologies; one without any has the routed one. */
function layoutsOf(from: From, area: Area): readonly Named<'layout'>[] {
  const layouts = from('layout');
  const own = layouts.filter(({ id }) => id.startsWith(`${area}/`));
  return own.length > 0 ? own : layouts;
}

/** Where routes are chosen by protocol or ports. */
const ruledByPorts = (rules: readonly Rule[]): ReadonlySet<string> =>
  new Set(rules.flatMap((rule) => (rule.form === 'line' && /\brule\b.*\b(?:ipproto|sport|dport)\b/.test(rule.run) ? [rule.in] : [])));

/** What puts addresses on a list or takes them off stays: else the list would tell of other conversations, and each is asked about as if it were alone. */
const LISTS = /-m recent (?:! )?--(?:set|remove)\b/;

/** Some rules of iptables; the first of each table stays, so that the table does. */
function fewer(dice: Dice, rules: readonly Rule[]): readonly Rule[] {
  const seen = new Set<string>();
  return rules.filter((rule) => {
    if (rule.form !== 'iptables' || !rule.text.startsWith('-A ')) return false;
    const table = [rule.in, rule.backend, rule.family, rule.table].join();
    const isFirst = !seen.has(table);
    seen.add(table);
    return !isFirst && dice.roll(3) === 0 && !LISTS.test(rule.text);
  });
}

/** Where conversations are made by hand, no listener's own TCP may speak in between. */
const quiet = (area: Area, layout: Layout): Layout =>
  area === 'filter' ? layout : { ...layout, namespaces: layout.namespaces.map((one) => ({ ...one, listens: withoutTcp(one.listens) })) };

const withoutTcp = (listens: Namespace['listens']): Namespace['listens'] => ({
  ...listens,
  tcp: [],
  ...(listens.bound === undefined ? {} : { bound: listens.bound.filter(({ protocol }) => protocol !== 'tcp') }),
});

/** In every third scene all listen on SCTP too. Dice of their own: what else a seed draws stays what it was. */
const withSctp = (dice: Dice, layout: Layout): Layout =>
  dice.roll(3) > 0
    ? layout
    : { ...layout, namespaces: layout.namespaces.map((one) => ({ ...one, listens: { ...one.listens, sctp: SCTP_PORTS } })) };

const SCTP_PORTS = [80, 8080];

/** Whole groups of rules that constructs draw. */
function groups(from: From, area: Area, site: Site & { readonly backend: Backend }): readonly Drawn[] {
  const { dice } = site;
  const constructs = from('rules');
  const count = constructs.length === 0 ? 0 : (GROUPS[area] ?? 0) + dice.roll(3);
  const own = GUEST_AREAS.some((one) => one === area) ? constructs.filter(({ id }) => id.startsWith(`${area}/`)) : [];
  const picked = Array.from({ length: count }, (_, at) => dice.pick(at < OWN && own.length > 0 ? own : constructs));
  // nobody writes the same chains twice
  const once = area === 'others' || area === 'services' ? [...new Map(picked.map((one) => [one.id, one])).values()] : picked;
  return once.flatMap(({ id, draw }) => {
    const group = draw(site);
    if (group === null) return [];
    const named = group.rules.map((rule): Rule => ({ ...rule, by: rule.by.length === 0 ? [id] : rule.by }));
    const talks = group.talk === undefined ? [] : [{ ...group.talk, family: site.family }];
    return [{ rules: named, aims: group.aims ?? [], talks, later: group.later ?? [] }];
  });
}

function tables(from: From, area: Area, site: Site & { readonly backend: Backend }): readonly Drawn[] {
  const { dice } = site;
  const words = { matches: from('iptables match'), targets: from('iptables target') };
  if (words.matches.length === 0 || words.targets.length === 0) return [];
  const chosen = new Set(TABLES[area].filter(() => dice.roll(2) === 0));
  const isRouteArea = area === 'route' || area === 'vxlan';
  return [...chosen].map((table) => drawTable(site, table, isRouteArea ? 2 + dice.roll(4) : 4 + dice.roll(16), words));
}

export type { Family };
