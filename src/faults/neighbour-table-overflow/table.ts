import type { World } from '#dataplane/world';
import { riseOf } from '#facts/counter/rise';
import type { FactOf } from '#facts/kinds';
import { familyOf, type Family } from '#net/ip';
import { onNode } from '#snapshot/scope';

type Counter = FactOf<'counter'>;

/** One family's neighbour table of a machine: its limit, what it counted at the looks, and what was read of it. */
export type Table = {
  readonly family: Family;
  readonly most: FactOf<'sysctl'>;
  /** How many entries it holds, permanent ones too; `null` where it was not told. */
  readonly entries: Counter | null;
  /** How often it had no room, and how much more often at the last look than at the first; `null` where that was not told twice. */
  readonly fulls: Counter | null;
  readonly rise: number | null;
};

const CACHE = { 4: 'arp_cache', 6: 'ndisc_cache' } as const;

/** The tables of a node whose limit was read. */
export function tablesOf({ facts }: World, node: string): readonly Table[] {
  const settings = facts.seen('sysctl', onNode(node));
  const counters = facts.partition('counter', onNode(node));
  return ([4, 6] as const).flatMap((family): Table[] => {
    const name = `net.ipv${family}.neigh.default.gc_thresh3`;
    const most = settings.is === 'seen' ? settings.value.find((one) => one.name === name) : undefined;
    if (most === undefined) return [];
    const told = (what: string) => riseOf(counters, `${CACHE[family]}.${what}`);
    const { counter: fulls, by: rise } = told('table_fulls');
    return [{ family, most, entries: told('entries').counter, fulls, rise }];
  });
}

/** It had no room while somebody looked, and holds as many entries as it may. */
export const isOverflowing = ({ most, entries, rise }: Table): boolean =>
  (rise ?? 0) > 0 && (entries === null || entries.value >= Number(most.value));

/** The device of a node, in whatever namespace, that most of the entries that can be swept away belong to. */
export function busiest(world: World, node: string, family: Family): { readonly device: string; readonly count: number } | null {
  const counts = new Map<string, number>();
  for (const { neighbours, scope } of world.stacksOf(node)) {
    if (neighbours.is === 'gap') continue;
    for (const { address, dev, state } of neighbours.table.values()) {
      if (familyOf(address) !== family || state === 'permanent' || state === 'noarp') continue;
      const device = scope.netns === '' ? dev : `${dev} of ${scope.netns}`;
      counts.set(device, (counts.get(device) ?? 0) + 1);
    }
  }
  const [first, ...others] = counts;
  if (first === undefined) return null;
  const [device, count] = others.reduce((one, other) => (other[1] > one[1] ? other : one), first);
  return { device, count };
}
