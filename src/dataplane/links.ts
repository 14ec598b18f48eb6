import type { Partition } from '#facts/facts';
import type { Link } from '#facts/link/link';
import { memoised } from './memo.ts';

/** The devices of a namespace by name and index, the ports of its bridges, and the devices that stand on others. */
export type LinkTable = {
  readonly all: readonly Link[];
  readonly byName: ReadonlyMap<string, Link>;
  readonly byIndex: ReadonlyMap<number, Link>;
  /** By the bridge, bond or VRF that they are part of. */
  readonly ports: ReadonlyMap<string, readonly Link[]>;
  /** VLANs, macvlans and ipvlans by the name of the device below, where that is in the same namespace. */
  readonly uppers: ReadonlyMap<string, readonly Link[]>;
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
  const uppers = new Map<string, Link[]>();
  for (const link of partition.facts) {
    const lower = isStacked(link) ? lowerName(link, byIndex) : undefined;
    if (lower !== undefined) put(uppers, lower, link);
  }
  const tunnels = partition.facts.filter(({ tunnel }) => tunnel !== undefined && tunnel !== null);
  return { all: partition.facts, byName, byIndex, ports, uppers, tunnels };
});

/** Whether a device stands on another one. */
const isStacked = ({ upper }: Link): boolean => upper?.kind === 'vlan' || upper?.kind === 'macvlan' || upper?.kind === 'ipvlan';

/** The device below, in the same namespace. */
function lowerName({ peerName, peerIndex, peerNsid }: Link, byIndex: ReadonlyMap<number, Link>): string | undefined {
  if (typeof peerName === 'string') return peerName;
  return typeof peerIndex === 'number' && typeof peerNsid !== 'number' ? byIndex.get(peerIndex)?.name : undefined;
}

function put(into: Map<string, Link[]>, key: string, link: Link): void {
  const own = into.get(key);
  if (own === undefined) into.set(key, [link]);
  else own.push(link);
}
