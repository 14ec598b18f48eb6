import { contains, lengthOf } from '#net/cidr';
import type { Ip } from '#net/ip';
import { onNode } from '#snapshot/scope';
import type { Station } from './station.ts';
import type { World } from './world.ts';

/** The device by which a node sends to an address of nobody captured: its packets come in there, too. */
export function uplinkOf(world: World, node: string, client: Ip): Station | null {
  const stack = world.stack(onNode(node));
  const routes = world.facts.seen('route', onNode(node));
  if (stack === undefined || routes.is === 'gap') return null;
  const leading = routes.value.filter(({ table, to, hops }) => table === 'main' && hops[0]?.dev != null && contains(to, client));
  const [nearest] = leading.toSorted((one, other) => lengthOf(other.to) - lengthOf(one.to));
  const dev = nearest?.hops[0]?.dev;
  const link = dev == null ? undefined : stack.link(dev);
  return link === undefined ? null : { stack, link };
}
