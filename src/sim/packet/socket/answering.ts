import type { Packet } from '../packet.ts';
import { kernelOf } from '../route/kernel.ts';
import type { Owner, Skb } from '../skb.ts';
import { connectedSocket, met } from './find.ts';

/**
 * Who owns the socket in whose name a stack answers TCP or SCTP: who listens (net/ipv4/tcp_output.c tcp_make_synack,
 * net/ipv4/tcp_ipv4.c tcp_v4_send_reset, net/sctp/sm_statefuns.c sctp_sf_tabort_8_4_8). Nothing where none does, or a connection's own may; sockets that share a port may have several
 * owners, of which nobody knows who answers.
 */
export function answerer({ stack, packet, in: device }: Pick<Skb, 'stack' | 'packet' | 'in'>): Owner | undefined {
  const { listeners } = stack;
  const arrival = { stack, packet, in: device };
  if ((packet.tcp === null && packet.protocol !== 'sctp') || listeners.is === 'gap' || connectedSocket(arrival) !== undefined)
    return undefined;
  const all = met(arrival, listeners.table.get(`${packet.protocol} ${packet.destinationPort}`) ?? []);
  const [first] = all;
  if (first === undefined) return undefined;
  return { uid: all.every(({ uid }) => uid === first.uid) ? first.uid : undefined, gid: undefined };
}

/** What rules look at of a packet that may be the kernel's own. */
type Sent = Pick<Skb, 'stack'> & { readonly isAnswer?: boolean; readonly packet: Pick<Packet, 'protocol' | 'tcp' | 'icmp' | 'sourcePort'> };

/**
 * Packets that the kernel itself sends: its ICMP, resets, and what SCTP says where nobody listens come from sockets without a file; a
 * listener's resets are its own since 6.13.
 */
export function isOfKernel({ isAnswer, packet: { icmp, tcp, protocol, sourcePort }, stack }: Sent): boolean {
  if (isAnswer !== true) return false;
  const { listeners } = stack;
  const isOfNobody = listeners.is === 'seen' && !listeners.table.has(`${protocol} ${sourcePort}`);
  if (protocol === 'sctp') return isOfNobody;
  return tcp?.rst === true ? !kernelOf(stack, [6, 13]) || isOfNobody : icmp !== null;
}
