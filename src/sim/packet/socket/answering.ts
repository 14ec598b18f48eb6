import type { Packet } from '../packet.ts';
import { kernelOf } from '../route/kernel.ts';
import type { Owner, Skb } from '../skb.ts';
import { connectedSocket, met } from './find.ts';

/**
 * Who owns the socket in whose name a stack answers a segment of TCP: who listens (net/ipv4/tcp_output.c tcp_make_synack,
 * net/ipv4/tcp_ipv4.c tcp_v4_send_reset). Nothing where none does, or a connection's own may; sockets that share a port may have several
 * owners, of which nobody knows who answers.
 */
export function answerer({ stack, packet, in: device }: Pick<Skb, 'stack' | 'packet' | 'in'>): Owner | undefined {
  const { listeners } = stack;
  const arrival = { stack, packet, in: device };
  if (packet.tcp === null || listeners.is === 'gap' || connectedSocket(arrival) !== undefined) return undefined;
  const all = met(arrival, listeners.table.get(`tcp ${packet.destinationPort}`) ?? []);
  const [first] = all;
  if (first === undefined) return undefined;
  return { uid: all.every(({ uid }) => uid === first.uid) ? first.uid : undefined, gid: undefined };
}

/** What rules look at of a packet that may be the kernel's own. */
type Sent = Pick<Skb, 'stack'> & { readonly isAnswer?: boolean; readonly packet: Pick<Packet, 'tcp' | 'icmp' | 'sourcePort'> };

/** Packets that the kernel itself sends: its ICMP, and resets, come from sockets without a file; a listener's resets are its own since 6.13. */
export function isOfKernel({ isAnswer, packet: { icmp, tcp, sourcePort }, stack }: Sent): boolean {
  if (isAnswer !== true) return false;
  if (tcp?.rst !== true) return icmp !== null;
  const { listeners } = stack;
  return !kernelOf(stack, [6, 13]) || (listeners.is === 'seen' && !listeners.table.has(`tcp ${sourcePort}`));
}
