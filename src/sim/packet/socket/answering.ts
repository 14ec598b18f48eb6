import type { Stack } from '#dataplane/stack';
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

/**
 * Whether a stack's answer comes from a socket without a file, or from none: its ICMP, a reset about what no socket took, and what SCTP says
 * where nobody listens. A socket's reset is its own since 6.13 (net/ipv4/ip_output.c ip_send_unicast_reply, orig_sk).
 */
export function isOfKernel(stack: Stack, { icmp, tcp, protocol, sourcePort }: Packet, isTaken: boolean): boolean {
  if (protocol === 'sctp') return stack.listeners.is === 'seen' && !stack.listeners.table.has(`sctp ${sourcePort}`);
  return tcp?.rst === true ? !isTaken || !kernelOf(stack, [6, 13]) : icmp !== null;
}
