import type { Facts, Partition } from '#facts/facts';

/** What a change touched. `everywhere`: something by which a node answers for addresses, which packets of any node may meet. */
export type Touched = { readonly nodes: ReadonlySet<string>; readonly everywhere: boolean };

/** Settings by which a machine answers ARP for others or not at all. */
const ANSWERS = /\.(arp_\w+|proxy_arp|drop_gratuitous_arp)$/;

/** The nodes whose facts differ; partitions that no edit touched are the same objects. */
export function touchedBetween(before: Facts, after: Facts): Touched {
  const changed = [...changedFrom(before, after), ...changedFrom(after, before)];
  return {
    nodes: new Set(changed.map(({ scope }) => scope.node)),
    everywhere: changed.some((partition) => isFelt(partition, before.partition(partition.kind, partition.scope))),
  };
}

const changedFrom = (before: Facts, after: Facts): readonly Partition[] =>
  [...after.partitions()].filter((partition) => before.partition(partition.kind, partition.scope) !== partition);

function isFelt({ kind, facts }: Partition, before: Partition | undefined): boolean {
  if (kind === 'link' || kind === 'address') return true;
  if (kind !== 'sysctl') return false;
  const known = new Set<unknown>(before?.facts ?? []);
  return facts.some((fact) => !known.has(fact) && 'name' in fact && ANSWERS.test(String(fact.name)));
}
