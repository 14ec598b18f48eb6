import type { Compile, Context } from '../context.ts';
import { notTold } from '../not-told.ts';

/**
 * `-m socket` (net/netfilter/xt_socket.c socket_match): whether a socket of this namespace would take the packet. Without one
 * that listens on the port, and for a packet that can only meet a listener, the answer is known.
 */
export const socket: Compile = (options) => {
  const asked = { transparent: options.has('transparent'), nowildcard: options.has('nowildcard'), restores: options.has('restore-skmark') };
  return (context) => {
    const { packet, stack } = context;
    if (packet.icmp !== null && packet.icmp.inner === undefined) return false;
    if (packet.protocol !== 'tcp' && packet.protocol !== 'udp' && packet.icmp === null) return false;
    const { listeners } = stack;
    if (listeners.is === 'gap') return { gap: listeners.gap };
    const found = listeners.table.get(`${packet.protocol} ${packet.destinationPort}`) ?? [];
    if (found.length === 0 && listeners.complete && isOpening(context)) return false;
    const isWild = found.every(({ local }) => local.address === '0.0.0.0' || local.address === '::' || local.address === null);
    if (found.length > 0 && isOpening(context) && isWild && !asked.nowildcard && listeners.complete) return false;
    return notTold(context, 'socket', 'which socket would take the packet is not walked (net/netfilter/xt_socket.c)');
  };
};

const isOpening = ({ packet }: Context): boolean => packet.tcp?.syn === true && !packet.tcp.ack;
