import type { Link } from '#facts/link/link';
import type { Station } from '#dataplane/station';
import { end, type Next } from '../next.ts';
import type { Skb } from '../skb.ts';

/** A device passes what fits its MTU and a VLAN tag more (include/linux/netdevice.h __is_skb_forwardable). */
const VLAN_TAG = 4;

/** Whether a frame fits a device; an MTU that was not read is taken as large enough for what the sender's own device let out. */
export const isForwardable = (skb: Skb, link: Link): boolean => link.mtu === undefined || skb.wire <= link.mtu + VLAN_TAG;

/** Carries a frame to the other end of a veth (drivers/net/veth.c veth_xmit). What the namespace kept beside it stays behind (skb_scrub_packet). */
export function vethTransmit(skb: Skb, link: Link, { stack, link: peer }: Station): Next {
  const by = [skb.stack.cite('link', link), stack.cite('link', peer)];
  if (peer.up === false) {
    return end(skb, {
      disposition: 'dropped',
      code: 'QDISC_DROP',
      says: `${link.name} has no carrier: its other end ${peer.name} is down`,
      by,
      device: link.name,
    });
  }
  if (!isForwardable(skb, peer)) {
    return end(skb, {
      disposition: 'dropped',
      code: 'NOT_SPECIFIED',
      says: `${skb.wire} bytes do not fit the MTU ${peer.mtu} of ${peer.name}`,
      by,
      device: link.name,
    });
  }
  return { stage: 'receive', skb: entered(skb, stack, peer), link: peer };
}

/** The frame as another namespace gets it: without mark, connection, or path. */
export function entered(skb: Skb, stack: Station['stack'], link: Link): Skb {
  const same = stack === skb.stack;
  return {
    ...skb,
    stack,
    packet: same || skb.packet.mark === 0 ? skb.packet : { ...skb.packet, mark: 0 },
    in: link,
    path: null,
    track: null,
    ipvs: same && skb.ipvs,
    bridged: null,
    prerouted: false,
    hop: null,
    trail: { before: skb.trail, enters: stack, in: link.name },
  };
}
