import type { Link } from '#facts/link/link';
import type { Stack } from '#dataplane/stack';
import type { Skb } from '../skb.ts';

/** The ports of a bridge. */
export const portsOf = (stack: Stack, bridge: Link): readonly Link[] =>
  stack.links.is === 'seen' ? (stack.links.table.ports.get(bridge.name) ?? []) : [];

/** Why a port does not get a frame (net/bridge/br_forward.c should_deliver), or nothing. */
export function refusal(skb: Pick<Skb, 'stack'>, from: Link | null, to: Link): string | undefined {
  const { port } = to;
  if (from !== null && from.name === to.name && port?.hairpin !== true)
    return `${to.name} is not in hairpin mode: a frame does not go back where it came in`;
  if (port?.state !== undefined && port.state !== 'forwarding') return `the port ${to.name} is ${port.state}`;
  if (to.up === false || to.carrier === false) return `the port ${to.name} is down`;
  if (from?.port?.isolated === true && port?.isolated === true) return `${from.name} and ${to.name} are isolated from each other`;
  return skb.stack.links.is === 'gap' ? 'its devices were not read' : undefined;
}
