import type { Link } from '#facts/link/link';
import { isLimitedBroadcast, isLoopback, isMulticast } from '#net/ip';
import { either, settingGap } from '../setting.ts';
import { end, type Next, unknown } from '../next.ts';
import type { Skb } from '../skb.ts';

/** Drops what can never come in from a wire: sources and destinations that name no machine (net/ipv4/route.c ip_route_input_slow). */
export function martian(skb: Skb, device: Link): Next | undefined {
  const { source, destination } = skb.packet;
  const drop = (code: string, says: string): Next => end(skb, { disposition: 'dropped', code, says });
  if (isMulticast(source) || isLimitedBroadcast(source)) return drop('IP_INVALID_SOURCE', `the source ${source} is a group address`);
  if (isLimitedBroadcast(destination)) return undefined;
  if (source.startsWith('0.')) return drop('IP_INVALID_SOURCE', `the source ${source} names no machine`);
  if (destination.startsWith('0.')) return drop('IP_INVALID_DEST', `the destination ${destination} names no machine`);
  if (!isLoopback(source) && !isLoopback(destination)) return undefined;
  if (device.name === 'lo') return undefined;
  const allowed = either(skb.stack, device.name, 'route_localnet');
  const says = `a loopback address (${source} to ${destination}) from outside`;
  if (allowed === undefined) return unknown(skb, settingGap(skb.stack, device.name, 'route_localnet', says));
  if (allowed.value > 0) return undefined;
  return end(skb, { disposition: 'dropped', code: 'IP_LOCALNET', says, by: allowed.by });
}
