import type { Link } from '#facts/link/link';
import { end, type Next } from '../next.ts';
import type { Carried, Skb } from '../skb.ts';
import { stepped } from '../trail.ts';

/** Unwraps a VXLAN packet: the device that listens on its port and has its VNI takes the frame (vxlan_rcv). */
export function decapsulate(skb: Skb, carried: Carried): Next {
  const { stack, packet } = skb;
  const all = stack.links.is === 'seen' ? stack.links.table.all.filter(({ vxlan }) => vxlan !== undefined && vxlan !== null) : [];
  // A device that is down has closed its socket (vxlan_stop).
  const listening = all.filter(({ up, vxlan }) => up !== false && (vxlan?.port ?? packet.destinationPort) === packet.destinationPort);
  if (listening.length === 0) {
    const down = all.find(({ up, vxlan }) => up === false && vxlan?.port === packet.destinationPort);
    const says =
      down === undefined
        ? `no VXLAN device listens on UDP ${packet.destinationPort}`
        : `${down.name} is down: nothing listens on UDP ${packet.destinationPort}`;
    const by = (down === undefined ? all : [down]).map((link) => stack.cite('link', link));
    return end(skb, { disposition: 'no listener', code: 'NO_SOCKET', says, by, error: { type: 3, code: 3 } });
  }
  const device = listening.find(({ vxlan }) => vxlan?.vni === carried.vni);
  if (device === undefined) {
    const has = listening.map(({ name, vxlan }) => `${name} has ${vxlan?.vni}`).join(', ');
    const by = listening.map((link) => stack.cite('link', link));
    return end(skb, {
      disposition: 'dropped',
      code: 'VXLAN_VNI_NOT_FOUND',
      says: `no device of VNI ${carried.vni} on UDP ${packet.destinationPort}: ${has}`,
      by,
    });
  }
  return inside(skb, carried, device);
}

/** The frame as it comes out of the tunnel's device. */
function inside(skb: Skb, carried: Carried, device: Link): Next {
  const { stack, packet } = skb;
  const by = [stack.cite('link', device)];
  if (carried.from === device.mac) {
    return end(skb, {
      disposition: 'dropped',
      code: 'LOCAL_MAC',
      says: `the frame comes from ${device.name}'s own address ${device.mac}`,
      by,
      device: device.name,
    });
  }
  const inner: Skb = {
    ...skb,
    packet: { ...carried.packet, mark: packet.mark },
    in: device,
    frame: { from: carried.from, to: carried.to },
    path: null,
    track: null,
    carries: null,
    wire: carried.wire,
    hop: null,
    trail: stepped(skb.trail, 'vxlan', `${device.name} unwraps it`, by),
  };
  return { stage: 'receive', skb: inner, link: device };
}
