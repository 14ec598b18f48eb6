import type { Fdb } from '#facts/fdb/fdb';
import type { Partition } from '#facts/facts';
import type { Neighbour } from '#facts/neighbour/neighbour';
import type { Ip } from '#net/ip';
import type { Mac } from '#net/mac';
import { memoised } from './memo.ts';

/** Neighbour entries by `device address`. */
export const neighbourTable = memoised(
  (partition: Partition<'neighbour'>): ReadonlyMap<string, Neighbour> =>
    new Map(partition.facts.filter(({ proxy }) => proxy !== true).map((entry) => [neighbourKey(entry.dev, entry.address), entry])),
);

/** The addresses that are answered for in place of others, as `device address`. */
export const proxyTable = memoised(
  (partition: Partition<'neighbour'>): ReadonlyMap<string, Neighbour> =>
    new Map(partition.facts.filter(({ proxy }) => proxy === true).map((entry) => [neighbourKey(entry.dev, entry.address), entry])),
);

export const neighbourKey = (dev: string, address: Ip): string => `${dev} ${address}`;

/** Forwarding databases: of VXLAN devices by `device mac`, of bridges by `bridge mac`. */
export type FdbTable = { readonly tunnels: ReadonlyMap<string, readonly Fdb[]>; readonly bridges: ReadonlyMap<string, readonly Fdb[]> };

export const fdbTable = memoised((partition: Partition<'fdb'>): FdbTable => {
  const tunnels = new Map<string, Fdb[]>();
  const bridges = new Map<string, Fdb[]>();
  for (const entry of partition.facts) {
    // an entry with a remote is a tunnel's, whatever else the form tells
    if (typeof entry.dst === 'string') put(tunnels, fdbKey(entry.dev, entry.mac), entry);
    else if (typeof entry.master === 'string') put(bridges, fdbKey(entry.master, entry.mac), entry);
  }
  return { tunnels, bridges };
});

export const fdbKey = (dev: string, mac: Mac): string => `${dev} ${mac}`;

function put(into: Map<string, Fdb[]>, key: string, entry: Fdb): void {
  const own = into.get(key);
  if (own === undefined) into.set(key, [entry]);
  else own.push(entry);
}
