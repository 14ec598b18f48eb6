import { above, prefixOf, sizeOf } from '../../draw/address.ts';
import type { NetworkConfig } from './lease.ts';

/** A subnet that nobody has: the one from before if it is free, else one from the middle on. */
export function pickSubnet({ network, subnetLength }: NetworkConfig, taken: readonly string[], previous: string | undefined): string {
  const used = new Set(taken);
  if (previous !== undefined && !used.has(previous) && previous.endsWith(`/${subnetLength}`)) return previous;
  const { base, length } = prefixOf(network);
  const slots = sizeOf(length) / sizeOf(subnetLength);
  for (let step = 0; step < slots; step += 1) {
    const slot = 1 + ((Math.floor(slots / 2) + step) % (slots - 1));
    const subnet = `${above(base, slot * sizeOf(subnetLength))}/${subnetLength}`;
    if (!used.has(subnet)) return subnet;
  }
  throw new Error('allocation failed: out of subnets');
}
