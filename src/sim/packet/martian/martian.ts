import type { Link } from '#facts/link/link';
import { cidr, contains } from '#net/cidr';
import { isLimitedBroadcast, isLoopback, isMulticast } from '#net/ip';
import type { Gap } from '#snapshot/gap';
import type { Stack } from '#dataplane/stack';
import type { FactRef } from '../outcome.ts';
import type { Packet } from '../packet.ts';
import { either, settingGap } from '../setting.ts';

/** Why an address can never come in from a wire. */
export type Strange =
  | { readonly is: 'drop'; readonly code: string; readonly says: string; readonly by: readonly FactRef[] }
  | { readonly is: 'gap'; readonly gap: Gap };

const drop = (code: string, says: string, by: readonly FactRef[] = []): Strange => ({ is: 'drop', code, says, by });

/** Of network 0 only its first address names no machine, since Linux 5.3 (include/linux/in.h ipv4_is_zeronet). */
export const isZeroNet = (address: string): boolean => address === '0.0.0.0';

/** Drops sources and destinations that name no machine (net/ipv4/route.c ip_route_input_slow). */
export function martian4(stack: Stack, { source, destination }: Packet, device: Link): Strange | undefined {
  if (isMulticast(source) || isLimitedBroadcast(source)) return drop('IP_INVALID_SOURCE', `the source ${source} is a group address`);
  if (isLimitedBroadcast(destination) || (source === '0.0.0.0' && destination === '0.0.0.0')) return undefined;
  if (isZeroNet(source)) return drop('IP_INVALID_SOURCE', `the source ${source} names no machine`);
  if (isZeroNet(destination)) return drop('IP_INVALID_DEST', `the destination ${destination} names no machine`);
  if (!isLoopback(source) && !isLoopback(destination)) return undefined;
  return ofLoopback(stack, `a loopback address (${source} to ${destination}) from outside`, device);
}

/** Of network 224.0.0.0/24, whose groups are not left beyond the link (include/linux/in.h ipv4_is_local_multicast). */
const LINKS_OWN = cidr`224.0.0.0/24`;

/** Drops sources that speak to no group of IPv4; who has no address yet speaks to the link's own alone (net/ipv4/route.c ip_mc_validate_source). */
export function martianToGroup(stack: Stack, { source, destination }: Packet, device: Link): Strange | undefined {
  if (isMulticast(source) || isLimitedBroadcast(source)) return drop('IP_INVALID_SOURCE', `the source ${source} is a group address`);
  if (isZeroNet(source) && !contains(LINKS_OWN, destination)) return drop('IP_INVALID_SOURCE', `the source ${source} names no machine`);
  return isLoopback(source) ? ofLoopback(stack, `a loopback address (${source} to ${destination}) from outside`, device) : undefined;
}

function ofLoopback(stack: Stack, says: string, device: Link): Strange | undefined {
  const allowed = either(stack, device.name, 'route_localnet');
  if (allowed.is === 'gap') return { is: 'gap', gap: settingGap(allowed, says) };
  return allowed.value > 0 ? undefined : drop('IP_LOCALNET', says, allowed.by);
}

/** A loopback address that is let in, and what lets it. */
export function letIn(
  stack: Stack,
  { source, destination }: Packet,
  device: Link,
): { readonly says: string; readonly by: readonly FactRef[] } {
  if (!isLoopback(source) && !isLoopback(destination)) return { says: '', by: [] };
  const allowed = either(stack, device.name, 'route_localnet');
  const by = allowed.is === 'seen' ? allowed.by : [];
  return { says: `route_localnet lets ${isLoopback(source) ? source : destination} in`, by };
}

/** Drops what IPv6 never takes in: loopback addresses from outside, groups as sources (net/ipv6/ip6_input.c ip6_rcv_core). */
export function martian6({ source, destination }: Packet, device: Link): Strange | undefined {
  const outside = device.name !== 'lo' && device.upper?.kind !== 'vrf';
  if (outside && (isLoopback(source) || isLoopback(destination)))
    return drop('IP_INHDR', `a loopback address (${source} to ${destination}) from outside`);
  if (isMulticast(source)) return drop('IP_INHDR', `the source ${source} is a group address`);
  if (!isMulticast(destination)) return undefined;
  const reach = destination[3];
  if (reach === '0' || (reach === '1' && outside)) return drop('IP_INHDR', `the group ${destination} reaches no other machine`);
  return undefined;
}
