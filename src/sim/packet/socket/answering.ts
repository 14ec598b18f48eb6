import type { Told } from '#facts/kind';
import type { Packet } from '../packet.ts';
import { kernelOf } from '../route/kernel.ts';
import type { Owner, Skb } from '../skb.ts';
import { connectedSocket, met } from './find.ts';

/** In whose name a stack answers: who owns the socket, and whether that may send from any address (IP_TRANSPARENT). */
export type Answerer = { readonly owner: Owner | undefined; readonly transparent: Told<boolean> };

/** No socket does: what the kernel sends by itself comes from its own addresses. */
export const NOBODY: Answerer = { owner: undefined, transparent: false };

/**
 * The socket in whose name a stack answers TCP or SCTP: who listens (net/ipv4/tcp_output.c tcp_make_synack,
 * net/ipv4/tcp_ipv4.c tcp_v4_send_reset, net/sctp/sm_statefuns.c sctp_sf_tabort_8_4_8). Nothing where none does, or a connection's own may; sockets that share a port may have several
 * owners, of which nobody knows who answers.
 */
export function answerer({ stack, packet, in: device, diverted }: Pick<Skb, 'stack' | 'packet' | 'in' | 'diverted'>): Answerer {
  if (diverted !== null) return { owner: { uid: diverted.socket.uid, gid: undefined }, transparent: true };
  const { listeners } = stack;
  const arrival = { stack, packet, in: device };
  if ((packet.tcp === null && packet.protocol !== 'sctp') || listeners.is === 'gap') return NOT_TOLD;
  const connected = connectedSocket(arrival);
  if (connected !== undefined) return { ...NOT_TOLD, transparent: connected.transparent };
  const all = met(arrival, listeners.table.get(`${packet.protocol} ${packet.destinationPort}`) ?? []);
  const [first] = all;
  if (first === undefined) return NOT_TOLD;
  const [isOne, isAlike] = [all.every(({ uid }) => uid === first.uid), all.every(({ transparent }) => transparent === first.transparent)];
  return { owner: { uid: isOne ? first.uid : undefined, gid: undefined }, transparent: isAlike ? first.transparent : undefined };
}

const NOT_TOLD: Answerer = { owner: undefined, transparent: undefined };

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
