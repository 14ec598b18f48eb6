import type { Link } from '#facts/link/link';
import { isGroupMac } from '#net/mac';
import type { Next } from '../next.ts';
import type { Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import { stepped } from '../trail.ts';

/** A frame for a device that stands on this one: a VLAN by its tag (net/8021q/vlan_core.c vlan_do_receive), a macvlan by its address (macvlan_handle_frame), an ipvlan by IP. Nothing: it is for this one. */
export function toUppers(_run: Run, skb: Skb, link: Link, master: Link | undefined): Next | undefined {
  const { stack, frame } = skb;
  if (frame === null || stack.links.is === 'gap') return undefined;
  const uppers = (stack.links.table.uppers.get(link.name) ?? []).filter(({ up }) => up !== false);
  if (uppers.length === 0) return undefined;
  if (frame.vlan !== undefined) {
    const vlan = uppers.find(({ upper }) => upper?.kind === 'vlan' && upper.id === frame.vlan);
    if (vlan === undefined) return undefined;
    const { vlan: tag, ...bare } = frame;
    const trail = stepped(skb.trail, 'vlan', `${vlan.name} takes the tag ${tag} off`, [stack.cite('link', vlan)]);
    return { stage: 'receive', skb: { ...skb, frame: bare, in: vlan, trail }, link: vlan };
  }
  if (master?.type === 'bridge') return undefined;
  const others = uppers.filter(({ upper }) => upper?.kind === 'macvlan' || upper?.kind === 'ipvlan');
  const to = (one: Link): Next => ({
    stage: 'receive',
    skb: {
      ...skb,
      in: one,
      trail: stepped(skb.trail, one.upper?.kind ?? 'macvlan', `${one.name} on ${link.name} takes it`, [stack.cite('link', one)]),
    },
    link: one,
  });
  if (isGroupMac(frame.to))
    return others.length === 0 ? undefined : { stage: 'copies', of: [{ stage: 'ip', skb, link }, ...others.map(to)] };
  const own = others.find((one) => isFor(one, skb));
  return own === undefined ? undefined : to(own);
}

/** An ipvlan has the address of the device below; what is for it only its IP address tells. */
function isFor(one: Link, { stack, frame, packet }: Skb): boolean {
  if (one.upper?.kind === 'macvlan') return one.mac === frame?.to;
  const held = stack.addresses.is === 'seen' ? (stack.addresses.table.byDevice.get(one.name) ?? []) : [];
  return held.some(({ address }) => address === packet.destination);
}
