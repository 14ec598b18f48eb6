import type { Partition } from '#facts/facts';
import type { Link } from '#facts/link/link';
import { memoised } from './memo.ts';

/** The devices of a namespace by name and index, and the ports of its bridges. */
export type LinkTable = {
  readonly all: readonly Link[];
  readonly byName: ReadonlyMap<string, Link>;
  readonly byIndex: ReadonlyMap<number, Link>;
  /** By the bridge, bond or VRF that they are part of. */
  readonly ports: ReadonlyMap<string, readonly Link[]>;
  readonly tunnels: readonly Link[];
};

export const linkTable = memoised((partition: Partition<'link'>): LinkTable => {
  const byName = new Map<string, Link>();
  const byIndex = new Map<number, Link>();
  const ports = new Map<string, Link[]>();
  for (const link of partition.facts) {
    byName.set(link.name, link);
    if (link.index !== undefined) byIndex.set(link.index, link);
    if (typeof link.master === 'string') put(ports, link.master, link);
  }
  const tunnels = partition.facts.filter(({ tunnel }) => tunnel !== undefined && tunnel !== null);
  return { all: partition.facts, byName, byIndex, ports, tunnels };
});

function put(into: Map<string, Link[]>, key: string, link: Link): void {
  const own = into.get(key);
  if (own === undefined) into.set(key, [link]);
  else own.push(link);
}
