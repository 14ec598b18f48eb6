import type { Socket } from '#facts/socket/socket';
import { citeAbsence } from '#dataplane/reading';
import { familyOf } from '#net/ip';
import { end, type Next } from '../next.ts';
import { setting } from '../setting.ts';
import type { Skb } from '../skb.ts';

/** Hands a packet to who listens: the stack itself for ICMP, a socket, or nobody (net/ipv4/icmp.c, tcp_ipv4.c, udp.c). */
export function deliverToSocket(skb: Skb): Next {
  const { packet } = skb;
  if (packet.icmp !== null) return deliverIcmp(skb);
  if (packet.tcp !== null && (packet.tcp.rst || packet.tcp.ack)) return taken(skb, 'DELIVERED', 'the connection takes it');
  const { listeners } = skb.stack;
  if (skb.cast !== 'host') return taken(skb, 'DELIVERED', 'a broadcast reached the namespace');
  if (listeners.is === 'gap')
    return taken(
      skb,
      'LISTENER_UNKNOWN',
      `reached ${packet.destination}; whether anything listens on ${packet.protocol} ${packet.destinationPort} was not captured`,
    );
  const found = (listeners.table.get(`${packet.protocol} ${packet.destinationPort}`) ?? []).find((socket) => isFor(socket, skb));
  if (found !== undefined) {
    const who = found.process === undefined || found.process === null ? 'a socket' : found.process.name;
    return end(skb, {
      disposition: 'delivered',
      code: 'DELIVERED',
      says: `${who} listens on ${packet.protocol} ${packet.destinationPort}`,
      by: [skb.stack.cite('socket', found)],
    });
  }
  if (!listeners.complete) return taken(skb, 'LISTENER_UNKNOWN', `reached ${packet.destination}; the sockets were not all captured`);
  const by = citeAbsence(listeners, `${packet.protocol} ${packet.destinationPort}`);
  const says = `nothing listens on ${packet.protocol} ${packet.destinationPort}`;
  const error =
    packet.protocol === 'tcp'
      ? { type: 0, code: 0, reset: true as const }
      : { type: 3, code: packet.protocol === 'sctp' ? NO_PROTOCOL : NO_PORT };
  return end(skb, { disposition: 'no listener', code: 'NO_SOCKET', says, by, error });
}

/** Without a socket of it the kernel has not loaded SCTP, and knows no such protocol (ip_protocol_deliver_rcu). */
const NO_PROTOCOL = 2;
const NO_PORT = 3;

const taken = (skb: Skb, code: string, says: string): Next => end(skb, { disposition: 'delivered', code, says });

function deliverIcmp(skb: Skb): Next {
  const { icmp, destination } = skb.packet;
  if (icmp?.type !== 8 && icmp?.type !== 128) return taken(skb, 'DELIVERED', 'the stack takes it');
  const ignored = setting(skb.stack, 'net.ipv4.icmp_echo_ignore_all');
  if (familyOf(destination) === 4 && ignored !== undefined && ignored.value !== 0) {
    return end(skb, { disposition: 'dropped', code: 'NOT_SPECIFIED', says: 'icmp_echo_ignore_all is set', by: ignored.by });
  }
  return taken(skb, 'DELIVERED', 'the stack answers the echo');
}

/** Whether a listening socket takes this packet: its address and device (inet_lookup_listener). */
function isFor({ local, v6Only }: Socket, { packet, in: device }: Skb): boolean {
  if (typeof local.dev === 'string' && local.dev !== device?.name) return false;
  if (local.address === packet.destination || local.address === null) return true;
  if (local.address === '::') return familyOf(packet.destination) === 6 || v6Only !== true;
  return local.address === '0.0.0.0' && familyOf(packet.destination) === 4;
}
