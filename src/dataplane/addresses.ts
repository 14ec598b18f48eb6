import type { Address } from '#facts/address/address';
import type { Partition } from '#facts/facts';
import type { Ip } from '#net/ip';
import { memoised } from './memo.ts';

/** The addresses of a namespace, by device and by themselves. */
export type AddressTable = {
  readonly byDevice: ReadonlyMap<string, readonly Address[]>;
  readonly byAddress: ReadonlyMap<Ip, readonly Address[]>;
};

const NONE: readonly Address[] = [];

export const addressTable = memoised((partition: Partition<'address'>): AddressTable => {
  const byDevice = new Map<string, Address[]>();
  const byAddress = new Map<Ip, Address[]>();
  for (const address of partition.facts) {
    byDevice.set(address.dev, [...(byDevice.get(address.dev) ?? NONE), address]);
    byAddress.set(address.address, [...(byAddress.get(address.address) ?? NONE), address]);
  }
  return { byDevice, byAddress };
});
