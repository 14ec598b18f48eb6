import type { Link } from '#facts/link/link';
import type { Station } from '#dataplane/station';
import { end, type Next } from '../next.ts';
import type { Run } from '../run.ts';
import type { Frame, Skb } from '../skb.ts';
import { ipvlanReceive } from './ipvlan.ts';
import { handedUp } from './levels.ts';
import { macvlanReceive } from './macvlan.ts';

/** A frame for a device that stands on this one: a VLAN by its tag (net/8021q/vlan_core.c vlan_do_receive), a macvlan by its address, an ipvlan by IP. Nothing: it is for this one. */
export function toUppers(run: Run, skb: Skb, link: Link, master: Link | undefined): Next | undefined {
  const { stack, frame } = skb;
  if (frame === null || stack.links.is === 'gap') return undefined;
  const here = { stack, link };
  const vlan = run.world.uppers(stack, link).find(({ link: { upper } }) => upper?.kind === 'vlan' && upper.id === frame.vlan);
  if (vlan !== undefined) return toVlan(skb, frame, vlan);
  // what has another tag is still for who has the address: there may be the device of that VLAN
  if (master?.type === 'bridge') return undefined;
  return macvlanReceive(run, skb, here) ?? ipvlanReceive(run, skb, here);
}

/** Without its tag to the VLAN that has it; one that is down drops it, and nobody else gets it. */
function toVlan(skb: Skb, frame: Frame, vlan: Station): Next {
  const { vlan: tag, ...bare } = frame;
  if (vlan.link.up !== false) return handedUp({ ...skb, frame: bare }, vlan, `${vlan.link.name} takes the tag ${tag} off`);
  const by = [vlan.stack.cite('link', vlan.link)];
  return end(skb, { disposition: 'dropped', code: 'NOT_SPECIFIED', says: `${vlan.link.name} is down`, by, device: vlan.link.name });
}
