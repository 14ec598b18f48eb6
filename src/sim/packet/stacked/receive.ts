import type { Station } from '#dataplane/station';
import type { Link } from '#facts/link/link';
import { isGroupMac } from '#net/mac';
import type { Next } from '../next.ts';
import type { Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import { stepped } from '../trail.ts';

/** A frame for a device that stands on this one: a VLAN by its tag (net/8021q/vlan_core.c vlan_do_receive), a macvlan by its address (macvlan_handle_frame), an ipvlan by IP. Nothing: it is for this one. */
export function toUppers(run: Run, skb: Skb, link: Link, master: Link | undefined): Next | undefined {
  const { stack, frame } = skb;
  if (frame === null || stack.links.is === 'gap') return undefined;
  const uppers = run.world.uppers(stack, link).filter((one) => one.link.up !== false);
  if (uppers.length === 0) return undefined;
  if (frame.vlan !== undefined) {
    const vlan = uppers.find(({ link: { upper } }) => upper?.kind === 'vlan' && upper.id === frame.vlan);
    if (vlan === undefined) return undefined;
    const { vlan: tag, ...bare } = frame;
    const trail = stepped(skb.trail, 'vlan', `${vlan.link.name} takes the tag ${tag} off`, [vlan.stack.cite('link', vlan.link)]);
    return { stage: 'receive', skb: handedUp({ ...skb, frame: bare, trail }, vlan), link: vlan.link };
  }
  if (master?.type === 'bridge') return undefined;
  const others = uppers.filter(({ link: { upper } }) => upper?.kind === 'macvlan' || upper?.kind === 'ipvlan');
  const to = (one: Station): Next => {
    const by = [one.stack.cite('link', one.link)];
    const trail = stepped(skb.trail, one.link.upper?.kind ?? 'macvlan', `${one.link.name} on ${link.name} takes it`, by);
    return { stage: 'receive', skb: handedUp({ ...skb, trail }, one), link: one.link };
  };
  if (isGroupMac(frame.to))
    return others.length === 0 ? undefined : { stage: 'copies', of: [{ stage: 'ip', skb, link }, ...others.map(to)] };
  const own = others.find((one) => isFor(one, skb));
  return own === undefined ? undefined : to(own);
}

/** The frame at a device above, which may be in another namespace. */
const handedUp = (skb: Skb, { stack, link }: Station): Skb =>
  stack === skb.stack ? { ...skb, in: link } : { ...skb, stack, in: link, trail: { before: skb.trail, enters: stack, in: link.name } };

/** An ipvlan has the address of the device below; what is for it only its IP address tells. */
function isFor({ stack, link }: Station, { frame, packet }: Skb): boolean {
  if (link.upper?.kind === 'macvlan') return link.mac === frame?.to;
  const held = stack.addresses.is === 'seen' ? (stack.addresses.table.byDevice.get(link.name) ?? []) : [];
  return held.some(({ address }) => address === packet.destination);
}
