import type { Link } from '#facts/link/link';
import { familyOf, type Ip } from '#net/ip';
import { isGroupMac, type Mac, ZERO_MAC } from '#net/mac';
import { fdbKey } from '#dataplane/neighbours';
import { end, type Next, unknown } from '../next.ts';
import { placeText, type Run } from '../run.ts';
import type { Carried, Skb } from '../skb.ts';
import { innerTos, unwrapped, withTos } from '../tunnel/outer.ts';
import { untoldTunnel } from '../tunnel/untold.ts';
import { hearsElsewhere, isElsewhere } from './elsewhere.ts';

/** Unwraps a VXLAN packet: the device that listens on its port and has its VNI takes the frame (drivers/net/vxlan/vxlan_core.c vxlan_rcv). */
export function decapsulate(run: Run, skb: Skb, carried: Carried): Next {
  const { stack, packet } = skb;
  const all = stack.links.is === 'seen' ? stack.links.table.all.filter((link) => link.vxlan != null && !isElsewhere(link)) : [];
  const listening = all.filter((link) => isListening(link, skb));
  const device = listening.find(({ vxlan }) => vxlan?.vni === carried.id);
  const other = device === undefined ? hearsElsewhere(run, skb) : undefined;
  if (other !== undefined) {
    const detail = `whether ${other.link.name} of ${placeText(other.stack)} was made in this namespace, and hears here`;
    return unknown(skb, { of: 'link', scope: stack.scope, why: 'not modelled', detail }, [other.stack.cite('link', other.link)]);
  }
  const untold = device === undefined ? untoldTunnel(stack) : undefined;
  if (untold !== undefined) return unknown(skb, untold);
  if (listening.length === 0) {
    const down = all.find(({ up, vxlan }) => up === false && vxlan?.port === packet.destinationPort);
    const says =
      down === undefined
        ? `no VXLAN device listens on UDP ${packet.destinationPort}`
        : `${down.name} is down: nothing listens on UDP ${packet.destinationPort}`;
    const by = (down === undefined ? all : [down]).map((link) => stack.cite('link', link));
    return end(skb, { disposition: 'no listener', code: 'NO_SOCKET', says, by, error: { type: 3, code: 3 } });
  }
  if (device === undefined) {
    const has = listening.map(({ name, vxlan }) => `${name} has ${vxlan?.vni}`).join(', ');
    const by = listening.map((link) => stack.cite('link', link));
    const says = `no device of VNI ${carried.id} on UDP ${packet.destinationPort}: ${has}`;
    return end(skb, { disposition: 'dropped', code: 'VXLAN_VNI_NOT_FOUND', says, by });
  }
  return inside(run, skb, carried, device);
}

/** A device that is down has closed its socket (vxlan_stop); one for IPv6 has none for IPv4 (vxlan_sock_add). */
export function isListening({ up, vxlan }: Link, { packet }: Skb): boolean {
  if (up === false || vxlan === undefined || vxlan === null || (vxlan.port ?? packet.destinationPort) !== packet.destinationPort)
    return false;
  const named = vxlan.local ?? vxlan.remote ?? vxlan.group;
  const family = typeof named === 'string' ? familyOf(named) : 4;
  return vxlan.external === true || family === familyOf(packet.destination);
}

/** The frame as it comes out of the tunnel's device (vxlan_set_mac, vxlan_ecn_decapsulate). */
function inside(run: Run, skb: Skb, carried: Carried, device: Link): Next {
  const { stack } = skb;
  const by = [stack.cite('link', device)];
  const from = carried.frame?.from;
  const dropped = (code: string, says: string): Next => end(skb, { disposition: 'dropped', code, says, by, device: device.name });
  if (from !== undefined && from === device.mac)
    return dropped('LOCAL_MAC', `the frame comes from ${device.name}'s own address ${device.mac}`);
  if (from !== undefined && device.vxlan?.learning === true) {
    if (isGroupMac(from) || from === ZERO_MAC) return dropped('MAC_INVALID_SOURCE', `${from} is no station's address`);
    const moved = snoop(run, skb, device, from, skb.packet.source);
    if (moved !== undefined) return dropped('VXLAN_ENTRY_EXISTS', moved);
  }
  const tos = innerTos(skb.packet, carried.packet);
  if (tos === undefined)
    return dropped('IP_TUNNEL_ECN', `it met congestion outside, of which what ${device.name} unwraps cannot tell (ECN)`);
  return unwrapped(skb, withTos(carried, tos), device, ['vxlan', `${device.name} unwraps it`, by]);
}

/**
 * Learns behind which remote an address is; what was set by hand does not move, and frames from elsewhere are dropped. An entry that names
 * the device to its remote (`via`) is another one than what is learnt from there, which names none (vxlan_snoop).
 */
function snoop(run: Run, { stack }: Skb, device: Link, mac: Mac, remote: Ip): string | undefined {
  const key = `${stack.key} ${device.name}`;
  const noted = run.notes.learntRemote(key, mac);
  if (noted === remote) return undefined;
  const [entry] = stack.fdb.is === 'seen' ? (stack.fdb.table.tunnels.get(fdbKey(device.name, mac)) ?? []) : [];
  const isSame = entry?.dst === remote;
  const via = typeof entry?.via === 'string' ? ` by ${entry.via}` : '';
  if (!(isSame && via === '') && (entry?.state === 'permanent' || entry?.state === 'static'))
    return `${device.name} has ${mac} behind ${entry.dst}${via} by hand, and this came from ${remote}`;
  // a station that moved may move back
  if (isSame && noted === undefined) return undefined;
  run.notes.learnRemote(key, mac, remote);
  return undefined;
}
