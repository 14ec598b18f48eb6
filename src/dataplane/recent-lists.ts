import type { Partition } from '#facts/facts';
import type { IptablesTable } from '#facts/iptables/iptables';
import type { RecentAddress } from '#facts/recent-address/recent-address';
import type { Ip } from '#net/ip';
import { memoised } from './memo.ts';

/** The lists of `-m recent` by name, each with its addresses. */
export const recentTable = memoised(
  (partition: Partition<'recent-address'>): ReadonlyMap<string, ReadonlyMap<Ip, RecentAddress>> =>
    new Map(
      [...Map.groupBy(partition.facts, ({ list }) => list)].map(([list, facts]) => [list, new Map(facts.map((one) => [one.address, one]))]),
    ),
);

/** The masks that the rules of a namespace give each list, an empty text for a whole address: it has the one of the rule that was loaded first. */
export const recentMasks = memoised((partition: Partition<'iptables'>): ReadonlyMap<string, ReadonlySet<string>> => {
  const masks = new Map<string, Set<string>>();
  for (const [list, mask] of partition.facts.flatMap(masksIn)) masks.set(list, (masks.get(list) ?? new Set()).add(mask));
  return masks;
});

/** Masks that leave an address as it is, as iptables-save and ip6tables-save write them. */
const WHOLE = new Set(['255.255.255.255', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff']);

const masksIn = memoised((table: IptablesTable): readonly (readonly [string, string])[] =>
  table.chains.flatMap(({ rules }) =>
    rules.flatMap(({ matches }) =>
      matches
        .filter(({ name }) => name === 'recent')
        .map(({ options }) => {
          const told = (option: string): string | undefined => options.find(({ name }) => name.replace(/^-+/, '') === option)?.values[0];
          const mask = told('mask') ?? '';
          return [told('name') ?? 'DEFAULT', WHOLE.has(mask) ? '' : mask] as const;
        }),
    ),
  ),
);
