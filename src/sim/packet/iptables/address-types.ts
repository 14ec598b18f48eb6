import { routePart } from '#facts/route/route';
import type { Ip } from '#net/ip';
import { isMulticast } from '#net/ip';
import type { Gap } from '#snapshot/gap';
import type { Stack } from '#dataplane/stack';
import { isZeroNet } from '../martian/martian.ts';
import { otherwiseJoined } from '../route/joined-type.ts';
import { lookup } from '../route/lookup.ts';

/** What an address can be to a namespace, in addrtype's words. */
export type AddressType =
  | 'UNSPEC'
  | 'UNICAST'
  | 'LOCAL'
  | 'BROADCAST'
  | 'ANYCAST'
  | 'MULTICAST'
  | 'BLACKHOLE'
  | 'UNREACHABLE'
  | 'PROHIBIT'
  | 'THROW'
  | 'NAT'
  | 'XRESOLVE';

/**
 * The one type of an IPv4 address by the table `local` (net/ipv4/fib_frontend.c __inet_dev_addr_type): the longest prefix alone
 * decides, and where a device is given, only when it is that route's.
 */
export function addressType4(stack: Stack, address: Ip, device: string | null): AddressType | Gap {
  if (isZeroNet(address) || address === '255.255.255.255') return 'BROADCAST';
  if (isMulticast(address)) return 'MULTICAST';
  const { routes, derivedLocal } = stack;
  const covered = routes.is === 'seen' && (routes.table.covers === true || routes.table.covers.includes(routePart('local', 4)));
  if (!covered && derivedLocal.is === 'gap') return derivedLocal.gap;
  const table = covered ? routes.table.tables.get('local') : derivedLocal.is === 'seen' ? derivedLocal.table : undefined;
  const [route] = table?.longest(address) ?? [];
  const isTold = route !== undefined && (device === null || route.hops[0]?.dev === device);
  const alone = isTold ? (route.type.toUpperCase() as AddressType) : 'UNICAST';
  return otherwiseJoined(stack, address, device, alone) ?? alone;
}

/** The types of an IPv6 address that only its route tells (net/netfilter/xt_addrtype.c match_lookup_rt6). */
export function addressTypes6(stack: Stack, address: Ip, device: string | null, asksLocal: boolean): readonly AddressType[] | Gap {
  const types: AddressType[] = [];
  if (device !== null && asksLocal) {
    const { addresses } = stack;
    if (addresses.is === 'gap') return addresses.gap;
    if ((addresses.table.byAddress.get(address) ?? []).some(({ dev }) => dev === device)) types.push('LOCAL');
  }
  const answer = lookup(null, stack, { source: null, destination: address, iif: 'lo', oif: device, mark: 0, packet: null });
  if (answer.is === 'gap') return answer.gap;
  if (answer.is === 'error') return ['UNREACHABLE'];
  const { type } = answer.path.route;
  if (device === null && type === 'local') types.push('LOCAL');
  if (type === 'anycast') types.push('ANYCAST');
  return types;
}
