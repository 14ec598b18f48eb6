import type { Next } from '../next.ts';
import type { Run } from '../run.ts';
import type { Carried, Skb } from '../skb.ts';
import { deliverToSocket } from '../socket/socket.ts';
import { tunReceive } from '../tun/tun.ts';
import { decapsulate } from '../vxlan/receive.ts';
import { wireguardReceive } from '../wireguard/receive.ts';
import { tunnelReceive } from './receive.ts';

/** A tunnel's packet that reached its end: to the device that unwraps it. */
export function unwrap(run: Run, skb: Skb, carried: Carried): Next {
  if (carried.how === 'vxlan') return decapsulate(run, skb, carried);
  if (carried.how === 'wireguard') return wireguardReceive(skb, carried);
  if (skb.packet.protocol === 'udp') return tunReceive(skb, carried) ?? deliverToSocket(run, skb);
  return tunnelReceive(skb, carried);
}
