import type { Address } from '#facts/address/address';
import type { NextHop, Route } from '#facts/route/route';
import { cidrOf, contains } from '#net/cidr';
import { familyOf, type Ip } from '#net/ip';
import type { Gap } from '#snapshot/gap';
import type { Stack } from '#dataplane/stack';
import { entryOf } from '#net/entry';
import type { FactRef } from '../outcome.ts';
import { placeText } from '../run.ts';
import { either, OFF_OR_ON, settingGap, whichever } from '../setting.ts';
import { inOrder } from './device-order.ts';
import { vrfOf } from './flow.ts';
import type { Path } from './path.ts';
import { type Chosen, select6 } from './source6.ts';

/** An address that a namespace would use as its source, with what decided it. */
export type SourceAnswer =
  | { readonly is: 'seen'; readonly address: Ip; readonly by: readonly FactRef[] }
  | { readonly is: 'gap'; readonly gap: Gap };

/** RT_SCOPE_* of include/uapi/linux/rtnetlink.h: how far an address or a route is meant. */
const SCOPES: Readonly<Record<string, number>> = { global: 0, universe: 0, site: 200, link: 253, host: 254, nowhere: 255 };
const UNIVERSE = 0;
const LINK = 253;
const HOST = 254;

const scopeOf = (text: string | undefined): number => entryOf(SCOPES, text ?? 'global') ?? (Number(text) || UNIVERSE);

/** The source for a path: the route's own, else one that suits its way out (fib_result_prefsrc, ip6_route_get_saddr). */
export function sourceFor(stack: Stack, path: Path, destination: Ip): SourceAnswer {
  if (path.source !== null) return { is: 'seen', address: path.source, by: path.by };
  if (familyOf(destination) === 6) return address6(stack, path.does === 'local' ? 'lo' : path.dev, destination);
  return known(stack, path.dev, primary4(stack, path.dev, gateway4(path.hop), scopeOf(path.route.scope)));
}

/** The source that one way out of an IPv4 route has by itself (fib_info_update_nhc_saddr). */
export function sourceOfHop(stack: Stack, route: Route, hop: NextHop): Ip | undefined {
  if (route.source !== null && route.source !== undefined) return route.source;
  const own = hop.dev === null ? undefined : primary4(stack, hop.dev, gateway4(hop), scopeOf(route.scope));
  return own?.is === 'seen' ? own.value?.address : undefined;
}

const gateway4 = ({ via }: NextHop): Ip | null => (via !== null && familyOf(via) === 4 ? via : null);

/** The address of a device by which it is known at a next hop, of any scope that reaches everywhere (inet_select_addr, ipv6_dev_get_saddr). */
export function deviceAddress(stack: Stack, dev: string, hop: Ip): SourceAnswer {
  if (familyOf(hop) === 6) return address6(stack, dev, hop);
  return known(stack, dev, primary4(stack, dev, hop, UNIVERSE));
}

/** The address that an ARP request on a device carries when no other will do (arp_solicit). */
export const linkAddress = (stack: Stack, dev: string, target: Ip): SourceAnswer => known(stack, dev, primary4(stack, dev, target, LINK));

function address6(stack: Stack, dev: string, destination: Ip): SourceAnswer {
  return known(stack, dev, select6(stack, dev, destination));
}

/**
 * An IPv4 address of a device: no secondary one, none that reaches less far than asked; the one that shares the next hop's prefix,
 * else the first, else the first of another device (net/ipv4/devinet.c inet_select_addr).
 */
function primary4(stack: Stack, dev: string, near: Ip | null, scope: number): Chosen {
  const primary = (routed: number): Address | undefined => primaryOf(stack, dev, near, scope, routed > 0 ? LINK : HOST);
  return whichever(either(stack, dev, 'route_localnet'), OFF_OR_ON, primary);
}

/** How far addresses that are meant for the machine alone reach: with route_localnet as far as the link. */
function primaryOf(stack: Stack, dev: string, near: Ip | null, scope: number, local: number): Address | undefined {
  const { addresses } = stack;
  if (addresses.is === 'gap') return undefined;
  const { byDevice } = addresses.table;
  const own = (byDevice.get(dev) ?? []).filter((one) => isPrimary4(one) && Math.min(scopeOf(one.scope), local) <= scope);
  const [first] = own;
  if (near === null && first !== undefined) return first;
  const shared = near === null ? undefined : own.find(({ address, length, peer }) => contains(cidrOf(peer ?? address, length), near));
  if (shared !== undefined || first !== undefined) return shared ?? first;
  const vrf = vrfOf(stack, dev);
  for (const [other, list] of inOrder(stack, byDevice)) {
    if (vrfOf(stack, other)?.name !== vrf?.name) continue;
    const found = list.find((one) => isPrimary4(one) && scopeOf(one.scope) !== LINK && scopeOf(one.scope) <= scope);
    if (found !== undefined) return found;
  }
  return undefined;
}

const isPrimary4 = ({ address, secondary }: Address): boolean => familyOf(address) === 4 && secondary !== true;

function known(stack: Stack, dev: string, found: Chosen): SourceAnswer {
  if (stack.addresses.is === 'gap') return stack.addresses;
  if (found.is === 'gap') return { is: 'gap', gap: settingGap(found, `the source by ${dev}`) };
  const chosen = found.value;
  if (chosen !== undefined) return { is: 'seen', address: chosen.address, by: [stack.cite('address', chosen)] };
  const detail = `no address that ${placeText(stack)} could send from by ${dev} is known`;
  return { is: 'gap', gap: { of: 'address', scope: stack.scope, why: 'not collected', detail } };
}
