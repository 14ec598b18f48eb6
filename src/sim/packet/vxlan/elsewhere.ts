import type { Link } from '#facts/link/link';
import type { Station } from '#dataplane/station';
import type { Run } from '../run.ts';
import type { Skb } from '../skb.ts';

/** Whether a VXLAN device was made in another namespace, where its packets are wrapped and heard to this day (struct vxlan_dev: net; vxlan_get_link_net). */
export const isElsewhere = ({ peerIndex, peerNsid }: Link): boolean =>
  typeof peerNsid === 'number' || (peerNsid === undefined && typeof peerIndex === 'number');

/** A device of another namespace of this node that may hear here what comes in for a port. */
export function hearsElsewhere(run: Run, { stack, packet }: Skb): Station | undefined {
  for (const other of run.world.stacksOf(stack.scope.node)) {
    if (other === stack || other.links.is === 'gap') continue;
    const { destinationPort } = packet;
    const found = other.links.table.all.find(
      (link) => link.vxlan != null && link.up !== false && isElsewhere(link) && (link.vxlan.port ?? destinationPort) === destinationPort,
    );
    if (found !== undefined) return { stack: other, link: found };
  }
  return undefined;
}
