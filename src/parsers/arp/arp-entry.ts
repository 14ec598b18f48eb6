import type { FactOf } from '#facts/kinds';
import type { Ip } from '#net/ip';
import { type Mac, ZERO_MAC } from '#net/mac';
import type { Origin } from '#snapshot/origin';

/** An entry as the forms before netlink tell it: whether it is permanent or answered for others, but no other state. */
export function arpEntry(
  dev: string,
  address: Ip,
  mac: Mac | undefined,
  flags: { readonly permanent: boolean; readonly proxy: boolean },
  origin: Origin,
): FactOf<'neighbour'> {
  const none = mac === undefined || mac === ZERO_MAC;
  return {
    dev,
    address,
    mac: none ? null : mac,
    state: flags.permanent && !flags.proxy ? 'permanent' : undefined,
    proxy: flags.proxy,
    origin,
  };
}
