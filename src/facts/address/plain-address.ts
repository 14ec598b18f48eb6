import type { Ip } from '#net/ip';
import type { Address } from './address.ts';

/** An address before anyone has read it. */
export type BareAddress = Omit<Address, 'origin'>;

/** An address as `ip addr add` makes one, unless more is said. */
export const plainAddress = (dev: string, address: Ip, length: number, more: Partial<BareAddress> = {}): BareAddress => ({
  dev,
  address,
  length,
  peer: null,
  broadcast: null,
  scope: 'global',
  secondary: false,
  deprecated: false,
  duplicate: false,
  temporary: false,
  noPrefixRoute: false,
  label: dev,
  ...more,
});
