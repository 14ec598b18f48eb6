import type { Link, UpperSettings } from '#facts/link/link';
import type { Station } from '#dataplane/station';
import { isGroupMac } from '#net/mac';
import { end, type Next, unknown } from '../next.ts';
import type { Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import { stepped } from '../trail.ts';
import { entered } from '../veth/veth.ts';
import { forwarded, handedDown, handedUp, takes, uppersOf } from './levels.ts';

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
  if (mode === undefined || mode === 'l3s') {
    const detail = `what ${link.name} does as an ipvlan in mode ${mode ?? 'unknown'} is not modelled`;
    return unknown(skb, { of: 'link', scope: stack.scope, why: 'not modelled', detail }, by, link.name);
  }
  const isToItself = frame !== null && frame.to === frame.from;
  const own = upper.flag !== 'vepa' && (mode !== 'l2' || isToItself) ? holderOf(uppersOf(run, below, 'ipvlan'), skb) : undefined;
  if (own !== undefined && upper.flag === 'private') {
    const says = `${own.link.name} is on ${below.link.name} too, and its ipvlans are private`;
    return end(skb, { disposition: 'dropped', code: 'NOT_SPECIFIED', says, by, device: link.name });
  }
  if (own !== undefined) return forwarded(skb, link, own, `${own.link.name} is on ${below.link.name} too`);
  const trail = stepped(skb.trail, 'ipvlan', `${link.name} sends it by ${below.link.name}`, by);
  if (mode === 'l3') return routedBelow({ ...skb, trail }, link, below);
  if (isToItself && upper.flag !== 'vepa') return forwarded(skb, link, below, `it is for ${below.link.name} itself`);
  return { stage: 'transmit', skb: handedDown({ ...skb, trail }, link, below), link: below.link };
}

/** Sent anew by the namespace of the device below, as one of its own that leaves there (ipvlan_process_v4_outbound, ipvlan_process_v6_outbound). */
function routedBelow(skb: Skb, link: Link, below: Station): Next {
  const { frame } = skb;
  if (frame !== null && isGroupMac(frame.to)) {
    const says = `${link.name} sends nothing to groups in mode l3`;
    return end(skb, { disposition: 'dropped', code: 'NOT_SPECIFIED', says, by: [skb.stack.cite('link', link)], device: link.name });
  }
  const left: Skb = { ...skb, trail: { before: skb.trail, leaves: link.name, packet: skb.packet } };
  const crossed = entered(left, below.stack, below.link);
  const trail = { before: left.trail, enters: below.stack, in: null };
  return { stage: 'output', skb: { ...crossed, in: null, frame: null, owner: null, anySource: true, outBy: below.link.name, trail } };
}

/** A frame for an ipvlan on the device that it came in by (ipvlan_handle_frame). Nothing: it is for that device. */
export function ipvlanReceive(run: Run, skb: Skb, below: Station): Next | undefined {
  const { frame, stack } = skb;
  const uppers = uppersOf(run, below, 'ipvlan');
  const [first] = uppers;
  if (frame === null || first === undefined) return undefined;
  const { upper } = first.link;
  const mode = upper?.kind === 'ipvlan' ? upper.mode : undefined;
  const own = holderOf(uppers, skb);
  if (own !== undefined && (mode === undefined || mode === 'l3s')) {
    const detail = `how ${own.link.name} takes a packet as an ipvlan in mode ${mode ?? 'unknown'} is not modelled`;
    return unknown(
      skb,
      { of: 'link', scope: stack.scope, why: 'not modelled', detail },
      [own.stack.cite('link', own.link)],
      below.link.name,
    );
  }
  if (isGroupMac(frame.to))
    return mode === 'l2'
      ? { stage: 'copies', of: [{ stage: 'ip', skb, link: below.link }, ...uppers.map((one) => handedUp(skb, one, takes(one, below)))] }
      : undefined;
  return own === undefined ? undefined : handedUp(skb, own, takes(own, below));
}

/** The one that has a packet's destination (ipvlan_addr_lookup). */
const holderOf = (uppers: readonly Station[], { packet }: Skb): Station | undefined =>
  uppers.find(
    ({ stack: { addresses }, link }) =>
      addresses.is === 'seen' && addresses.table.byDevice.get(link.name)?.some(({ address }) => address === packet.destination),
  );
