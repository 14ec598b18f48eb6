import type { Link } from '#facts/link/link';
import type { Station } from '#dataplane/station';
import { castOf } from '../device/cast.ts';
import { type Next, unknown } from '../next.ts';
import type { Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import { stepped } from '../trail.ts';
import { entered } from '../veth/veth.ts';

/** Devices of a kind that stand on one and are up. */
export const uppersOf = (run: Run, { stack, link }: Station, kind: 'vlan' | 'macvlan' | 'ipvlan'): readonly Station[] =>
  run.world.uppers(stack, link).filter((one) => one.link.up !== false && one.link.upper?.kind === kind);

/** The frame at the device below, which may be in another namespace: nothing is taken off it (macvlan_queue_xmit, dev_queue_xmit_accel). */
export function handedDown(skb: Skb, link: Link, below: Station): Skb {
  if (below.stack === skb.stack) return skb;
  const left = { before: skb.trail, leaves: link.name, packet: skb.packet };
  return { ...skb, stack: below.stack, trail: { before: left, enters: below.stack, in: null } };
}

/** The frame at a device above, which may be in another namespace: it is for that one where it was for the one below, or has its address (vlan_do_receive, macvlan_forward_source_one). */
export function handedUp(skb: Skb, { stack, link }: Station, says: string, cast = castOf(skb, link) === 'host' ? 'host' : skb.cast): Next {
  const trail = stepped(skb.trail, link.upper?.kind ?? 'vlan', says, [stack.cite('link', link)]);
  const there = stack === skb.stack ? trail : { before: trail, enters: stack, in: link.name };
  return { stage: 'receive', skb: { ...skb, stack, in: link, trail: there }, link, cast };
}

/** What is said of a device that takes what came in below it. */
export const takes = ({ link }: Station, below: Station): string => `${link.name} on ${below.link.name} takes it`;

/** The frame as another device gets it that did not come over a wire (net/core/dev.c dev_forward_skb). */
export function forwarded(skb: Skb, link: Link, { stack, link: to }: Station, says: string): Next {
  const trail = stepped(skb.trail, link.upper?.kind ?? 'macvlan', says, [skb.stack.cite('link', link), stack.cite('link', to)]);
  return {
    stage: 'receive',
    skb: entered({ ...skb, trail: { before: trail, leaves: link.name, packet: skb.packet } }, stack, to),
    link: to,
  };
}

/** What of a device nobody told that decides where a frame goes. */
export function untold(skb: Skb, what: 'mode' | 'flags' | 'addresses' | 'sources', { stack, link }: Station, device: string): Next {
  const verb = what === 'mode' ? 'was' : 'were';
  const detail = `the ${what} of ${link.name} ${verb} not told`;
  return unknown(skb, { of: 'link', scope: stack.scope, why: 'not told', detail }, [stack.cite('link', link)], device);
}
