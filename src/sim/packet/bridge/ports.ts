import type { Link } from '#facts/link/link';
import type { Stack } from '#dataplane/stack';
import type { Gap } from '#snapshot/gap';
import { placeText } from '../run.ts';
import type { Skb } from '../skb.ts';

/** For whom a bridge sees a frame (enum br_pkt_type). */
export type FrameKind = 'unicast' | 'multicast' | 'broadcast';

/** The ports of a bridge. */
export const portsOf = (stack: Stack, bridge: Link): readonly Link[] =>
  stack.links.is === 'seen' ? (stack.links.table.ports.get(bridge.name) ?? []) : [];

/** Whether a bridge hands frames on by a port at all: a port without carrier is disabled (br_port_carrier_check). */
export const isForwarding = ({ port, up, carrier }: Link): boolean =>
  (port?.state === undefined || port.state === 'forwarding') && up !== false && carrier !== false;

/** Why a port does not get a frame (net/bridge/br_forward.c should_deliver), or nothing. */
export function refusal(skb: Pick<Skb, 'stack'>, from: Link | null, to: Link): string | undefined {
  const { port } = to;
  if (from !== null && from.name === to.name && port?.hairpin !== true)
    return `${to.name} is not in hairpin mode: a frame does not go back where it came in`;
  if (port?.state !== undefined && port.state !== 'forwarding') return `the port ${to.name} is ${port.state}`;
  if (!isForwarding(to)) return `the port ${to.name} is down`;
  if (from?.port?.isolated === true && port?.isolated === true) return `${from.name} and ${to.name} are isolated from each other`;
  return skb.stack.links.is === 'gap' ? 'its devices were not read' : undefined;
}

/** What would have to be told to say whether a port gives a frame back to where it came from: the listings without -d leave it out. */
export function untoldHairpin({ stack }: Pick<Skb, 'stack'>, from: Link | null, to: Link): Gap | undefined {
  if (from?.name !== to.name || typeof to.port?.hairpin === 'boolean') return undefined;
  const detail = `whether ${to.name} of ${placeText(stack)} is in hairpin mode was not told`;
  return { of: 'link', scope: stack.scope, why: 'not told', detail, capture: 'bridge -d link show' };
}

/** Whether frames for nobody known are sent by a port: what this machine sends itself is not held back but for unknown addresses (br_flood). */
export function isFlooded({ port }: Link, kind: FrameKind, isOwn: boolean): boolean {
  if (port?.proxyArp === true) return false;
  if (kind === 'unicast') return port?.flood !== false;
  if (isOwn) return true;
  return kind === 'multicast' ? port?.multicastFlood !== false : port?.broadcastFlood !== false;
}
