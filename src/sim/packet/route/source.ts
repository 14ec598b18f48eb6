import type { Address } from '#facts/address/address';
import { cidrOf, contains } from '#net/cidr';
import { familyOf, type Ip } from '#net/ip';
import type { Gap } from '#snapshot/gap';
import type { Stack } from '#dataplane/stack';
import type { FactRef } from '../outcome.ts';
import { placeText } from '../run.ts';
import type { Path } from './path.ts';

/** An address that a namespace would use as its source, with what decided it. */
export type SourceAnswer =
  | { readonly is: 'seen'; readonly address: Ip; readonly by: readonly FactRef[] }
  | { readonly is: 'gap'; readonly gap: Gap };

const isUsable = (address: Address, family: 4 | 6): boolean =>
  familyOf(address.address) === family && address.scope !== 'host' && address.scope !== 'nowhere';

/** The source for a path: the route's own, else one of its device (net/ipv4/devinet.c inet_select_addr). */
export function sourceFor(stack: Stack, path: Path, destination: Ip): SourceAnswer {
  if (path.source !== null) return { is: 'seen', address: path.source, by: path.by };
  return deviceAddress(stack, path.dev, path.via ?? destination);
}

/** The address of a device that shares the next hop's prefix, else its first, else any other device's. */
export function deviceAddress(stack: Stack, dev: string, hop: Ip): SourceAnswer {
  const { addresses } = stack;
  if (addresses.is === 'gap') return addresses;
  const family = familyOf(hop);
  const own = (addresses.table.byDevice.get(dev) ?? []).filter((address) => isUsable(address, family) && address.secondary !== true);
  const near = own.find((address) => contains(cidrOf(address.address, address.length), hop)) ?? own[0];
  const chosen =
    near ?? [...addresses.table.byDevice.values()].flat().find((address) => isUsable(address, family) && address.scope !== 'link');
  if (chosen !== undefined) return { is: 'seen', address: chosen.address, by: [stack.cite('address', chosen)] };
  return {
    is: 'gap',
    gap: {
      of: 'address',
      scope: stack.scope,
      why: 'not collected',
      detail: `no address that ${placeText(stack)} could send from by ${dev} is known`,
    },
  };
}
