import type { Address } from '#facts/address/address';
import type { Stack } from '#dataplane/stack';

type ByDevice = ReadonlyMap<string, readonly Address[]>;

/** Addresses by device as the kernel goes through them, where the places of all these devices are told; else as they were listed. */
export function inOrder({ deviceOrder }: Stack, byDevice: ByDevice): readonly (readonly [string, readonly Address[]])[] {
  const listed = [...byDevice];
  if (deviceOrder.is === 'gap') return listed;
  const place = deviceOrder.table;
  if (listed.some(([dev]) => !place.has(dev))) return listed;
  return listed.toSorted(([one], [other]) => (place.get(one) ?? 0) - (place.get(other) ?? 0));
}
