import { end, type Next, unknown } from '../next.ts';
import type { Carried, Skb } from '../skb.ts';
import { innerTos, isCongested, unwrapped, withTos } from '../tunnel/outer.ts';
import { peerOf } from './transmit.ts';

/** Opens a sealed packet: the device that listens on its port, a peer that it knows, a source that this peer may have (drivers/net/wireguard/receive.c). */
export function wireguardReceive(skb: Skb, carried: Carried): Next {
  const { stack, packet } = skb;
  if (stack.wireguard.is === 'gap')
    return unknown(skb, { ...stack.wireguard.gap, detail: `the WireGuard devices of ${packet.destination} were not read` });
  const device = [...stack.wireguard.table.values()].find(({ port }) => port === packet.destinationPort);
  const link = device === undefined ? undefined : stack.link(device.dev);
  if (device === undefined || link === undefined || link.up === false) {
    const says = `no WireGuard device listens on UDP ${packet.destinationPort}`;
    return end(skb, { disposition: 'no listener', code: 'NO_SOCKET', says, by: [], error: { type: 3, code: 3 } });
  }
  const by = [stack.cite('wireguard', device)];
  const dropped = (says: string): Next => end(skb, { disposition: 'dropped', code: 'NOT_SPECIFIED', says, by, device: link.name });
  const { sealedBy } = carried;
  const peer = sealedBy === undefined ? undefined : device.peers.find(({ publicKey }) => publicKey === sealedBy);
  if (sealedBy !== undefined && peer === undefined) return dropped(`${link.name} does not know the peer that sealed it`);
  const allowed = peerOf(device, carried.packet.source);
  if (allowed === undefined || (peer !== undefined && allowed !== peer))
    return dropped(`${link.name} does not let this peer use ${carried.packet.source} (allowed-ips)`);
  // what cannot tell of congestion is let in (wg_packet_consume_data_done, IP_ECN_set_ce)
  const tos = isCongested(packet) ? innerTos(packet, carried.packet) : undefined;
  return unwrapped(skb, tos === undefined ? carried : withTos(carried, tos), link, ['wireguard', `${link.name} opens it`, by], 0);
}
