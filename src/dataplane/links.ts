import type { Partition } from '#facts/facts';
import type { Link } from '#facts/link/link';
import { memoised } from './memo.ts';

/** The devices of a namespace by name and index, and the ports of its bridges. */
export type LinkTable = {
  readonly all: readonly Link[];
  readonly byName: ReadonlyMap<string, Link>;
  readonly byIndex: ReadonlyMap<number, Link>;
  readonly ports: ReadonlyMap<string, readonly Link[]>;
};

export const linkTable = memoised((partition: Partition<'link'>): LinkTable => {
  const byName = new Map<string, Link>();
  const byIndex = new Map<number, Link>();
  const ports = new Map<string, Link[]>();
  for (const link of partition.facts) {
    byName.set(link.name, link);
    if (link.index !== undefined) byIndex.set(link.index, link);
    if (typeof link.master === 'string') ports.set(link.master, [...(ports.get(link.master) ?? []), link]);
  }
  return { all: partition.facts, byName, byIndex, ports };
});
