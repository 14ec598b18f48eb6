import type { Link, UpperSettings } from '#facts/link/link';
import type { Station } from '#dataplane/station';
import { isGroupMac } from '#net/mac';
import { end, type Next } from '../next.ts';
import type { Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import { stepped } from '../trail.ts';
import { entered } from '../veth/veth.ts';
import { forwarded, handedDown, handedUp, takes, untold, uppersOf } from './levels.ts';

type Ipvlan = Extract<UpperSettings, { kind: 'ipvlan' }>;

/**
 * All ipvlans have the address of the device below: whose a packet is its IP address tells (drivers/net/ipvlan/ipvlan_core.c
 * ipvlan_queue_xmit). In L2 that is asked of a frame to itself alone, in L3 of all, and what is for none of them is sent by the
 * namespace of the device below, through its OUTPUT.
 */
export function ipvlanTransmit(run: Run, skb: Skb, link: Link, upper: Ipvlan, below: Station): Next {
  const { frame, stack } = skb;
  const by = [stack.cite('link', link)];
  const { mode } = upper;
  if (mode === undefined) return untold(skb, 'mode', { stack, link }, link.name);
  const isToItself = frame !== null && frame.to === frame.from;
  const own = upper.flag !== 'vepa' && (mode !== 'l2' || isToItself) ? holderOf(uppersOf(run, below, 'ipvlan'), skb, link) : undefined;
  if (own !== undefined && 'stage' in own) return own;
  if (own !== undefined && upper.flag === 'private') {
    const says = `${own.link.name} is on ${below.link.name} too, and its ipvlans are private`;
    return end(left(skb, link), { disposition: 'dropped', code: 'NOT_SPECIFIED', says, by, device: link.name });
  }
  if (own !== undefined) return forwarded(skb, link, own, `${own.link.name} is on ${below.link.name} too`);
  const trail = stepped(skb.trail, 'ipvlan', `${link.name} sends it by ${below.link.name}`, by);
  if (mode !== 'l2') return routedBelow({ ...skb, trail }, link, below);
  if (isToItself && upper.flag !== 'vepa') return forwarded(skb, link, below, `it is for ${below.link.name} itself`);
  return { stage: 'transmit', skb: handedDown({ ...skb, trail }, link, below), link: below.link };
}

/** Taps have seen it leave before the device looks whose it is (net/core/dev.c xmit_one). */
const left = (skb: Skb, link: Link): Skb => ({ ...skb, trail: { before: skb.trail, leaves: link.name, packet: skb.packet } });

/** Sent anew by the namespace of the device below, as one of its own that leaves there (ipvlan_process_v4_outbound, ipvlan_process_v6_outbound). */
function routedBelow(skb: Skb, link: Link, below: Station): Next {
  const { frame } = skb;
  if (frame !== null && isGroupMac(frame.to)) {
    const says = `${link.name} sends nothing to groups, as it is not in mode l2`;
    return end(left(skb, link), {
      disposition: 'dropped',
      code: 'NOT_SPECIFIED',
      says,
      by: [skb.stack.cite('link', link)],
      device: link.name,
    });
  }
  const gone = left(skb, link);
  const crossed = entered(gone, below.stack, below.link);
  const trail = { before: gone.trail, enters: below.stack, in: null };
  return { stage: 'output', skb: { ...crossed, in: null, frame: null, owner: null, anySource: true, outBy: below.link.name, trail } };
}

/** A frame for an ipvlan on the device that it came in by (ipvlan_handle_frame). Nothing: it is for that device. */
export function ipvlanReceive(run: Run, skb: Skb, below: Station): Next | undefined {
  const { frame } = skb;
  const uppers = uppersOf(run, below, 'ipvlan');
  const [first] = uppers;
  if (frame === null || first === undefined) return undefined;
  // all have one mode, the parent's
  const mode = modeOf(first);
  const own = holderOf(uppers, skb, below.link);
  if (mode === undefined && (own !== undefined || isGroupMac(frame.to))) return untold(skb, 'mode', first, below.link.name);
  // the namespace of the device below takes it in, and hands it up behind INPUT
  if (mode === 'l3s') return undefined;
  if (isGroupMac(frame.to))
    return mode === 'l2'
      ? { stage: 'copies', of: [{ stage: 'ip', skb, link: below.link }, ...uppers.map((one) => handedUp(skb, one, takes(one, below)))] }
      : undefined;
  return own === undefined || 'stage' in own ? own : handedUp(skb, own, takes(own, below));
}

/** The ipvlan in mode L3S that a packet is for which its parent's namespace takes in (ipvlan_l3s.c ipvlan_l3_rcv, ipvlan_nf_input). */
export function ipvlanInside(run: Run, skb: Skb): Station | Next | undefined {
  const { stack, in: link } = skb;
  if (link === null) return undefined;
  const uppers = uppersOf(run, { stack, link }, 'ipvlan');
  return uppers.some((one) => modeOf(one) === 'l3s') ? holderOf(uppers, skb, link) : undefined;
}

const modeOf = ({ link: { upper } }: Station): Ipvlan['mode'] => (upper?.kind === 'ipvlan' ? upper.mode : undefined);

/** The one that has a packet's destination (ipvlan_addr_lookup); unknown where it may be one whose addresses were not read. */
function holderOf(uppers: readonly Station[], skb: Skb, { name }: Link): Station | Next | undefined {
  const { destination } = skb.packet;
  const own = uppers.find(
    ({ stack: { addresses }, link }) =>
      addresses.is === 'seen' && addresses.table.byDevice.get(link.name)?.some(({ address }) => address === destination),
  );
  const unread = uppers.find(({ stack: { addresses } }) => addresses.is === 'gap');
  return own ?? (unread === undefined ? undefined : untold(skb, 'addresses', unread, name));
}
