import type { Socket } from '#facts/socket/socket';
import { familyOf } from '#net/ip';
import type { Packet } from '../../packet.ts';
import { type Arrival, connectedSocket, nearest } from '../../socket/find.ts';
import type { Answer, Compile, Context } from '../context.ts';
import { notTold } from '../not-told.ts';

/**
 * `-m socket` (net/netfilter/xt_socket.c socket_match): whether a socket of this namespace would take the packet. One that
 * listens on all addresses does not count without --nowildcard; what only the socket itself knows is not captured.
 */
export const socket: Compile = (options) => {
  const asked = { transparent: options.has('transparent'), nowildcard: options.has('nowildcard'), restores: options.has('restore-skmark') };
  return (context) => {
    const found = socketFor(context);
    if (found === undefined) return false;
    if ('gap' in found) return found;
    if (!asked.nowildcard && isWild(found)) return false;
    if (asked.transparent) return notTold(context, 'socket', 'whether the socket is transparent is not captured (inet_sk_transparent)');
    if (asked.restores) return notTold(context, 'socket', 'the mark of the socket, which the packet would get, is not captured (sk_mark)');
    return true;
  };
};

const isWild = ({ local, remote, state }: Socket): boolean =>
  (local.address === '0.0.0.0' || local.address === '::' || local.address === null) &&
  (state === 'LISTEN' || (remote?.address ?? null) === null);

/** The socket that a packet meets: that of its connection, else who listens (net/ipv4/netfilter/nf_socket_ipv4.c nf_sk_lookup_slow_v4). */
export function socketFor(context: Context): Socket | undefined | Exclude<Answer, boolean | { probability: number }> {
  const { stack } = context;
  const packet = lookedUp(context);
  if (packet === undefined) return undefined;
  const arrival: Arrival = { stack, packet, in: context.in };
  const connected = connectedSocket(arrival);
  if (connected !== undefined) return connected;
  const { listeners } = stack;
  if (listeners.is === 'gap') return { gap: listeners.gap };
  const [best] = nearest(arrival, listeners.table.get(`${packet.protocol} ${packet.destinationPort}`) ?? []);
  if (listeners.complete && (isFirst(context) || (best === undefined && isRequest(context)))) return best;
  return notTold(context, 'socket', 'the socket of a connection that was made since is not captured (net/netfilter/xt_socket.c)');
}

/** The packet by whose addresses is looked up: an error's inner one turned round, an answer before its translation is undone. */
function lookedUp({ packet, track }: Context): Packet | undefined {
  const inner = packet.icmp?.inner;
  if (packet.icmp !== null && inner == null) return undefined;
  const at: Packet = inner == null ? packet : { ...inner, ...turned(inner) };
  if (at.protocol !== 'tcp' && at.protocol !== 'udp') return undefined;
  const connection = track?.connection ?? null;
  if (connection === null || track?.direction !== 'reply' || familyOf(at.destination) === 6) return at;
  return { ...at, destination: connection.original.source, destinationPort: connection.original.sourcePort };
}

const turned = ({ source, sourcePort, destination, destinationPort }: Packet) => ({
  source: destination,
  sourcePort: destinationPort,
  destination: source,
  destinationPort: sourcePort,
});

/** A packet that no socket of a connection can be there for yet; a SYN that comes again meets the one that its first made. */
const isFirst = ({ packet, track }: Context): boolean =>
  packet.tcp === null
    ? packet.icmp === null && track?.state === 'NEW'
    : packet.tcp.syn && !packet.tcp.ack && track?.state !== 'ESTABLISHED';

/** A packet to who was asked: it meets a socket only where one listens. */
const isRequest = ({ packet, track }: Context): boolean => packet.icmp === null && track?.direction === 'original';
