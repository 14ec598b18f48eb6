import type { Socket } from '#facts/socket/socket';
import type { Link } from '#facts/link/link';
import type { Stack } from '#dataplane/stack';
import { familyOf } from '#net/ip';
import type { Gap } from '#snapshot/gap';
import type { Track } from '../conntrack/connection.ts';
import type { Notebook } from '../notes.ts';
import type { Packet } from '../packet.ts';
import type { Diverted, Met } from './diverted.ts';
import { type Arrival, connectedSocket, met } from './find.ts';
import type { Sender } from './sender.ts';

/** Where a socket is looked for. */
export type Asking = {
  readonly stack: Stack;
  readonly packet: Packet;
  readonly track: Track | null;
  readonly in: Link | null;
  readonly notes?: Notebook | undefined;
  readonly sender?: Sender | undefined;
  /** The one that a rule gave the packet to, which is asked in the place of all others. */
  readonly diverted?: Diverted | null | undefined;
};

/**
 * The socket that a packet meets before it is delivered: that of its connection, else who listens (net/ipv4/netfilter/nf_socket_ipv4.c
 * nf_sk_lookup_slow_v4, nf_socket_ipv6.c). `null`: none.
 */
export function socketMet(asking: Asking): Met | { readonly gap: Gap } | null {
  if (asking.diverted != null) return asking.diverted.met;
  const packet = lookedUp(asking);
  if (packet === null) return null;
  const { stack, in: device } = asking;
  const arrival: Arrival = { stack, packet, in: device };
  const connected = connectedSocket(arrival);
  if (connected !== undefined && connected.state !== 'SYN-RECV') return captured(connected);
  const sent = sentBy(asking, packet);
  if (sent !== null) return sent;
  const { listeners } = stack;
  if (listeners.is === 'gap') return { gap: listeners.gap };
  const best = met(arrival, listeners.table.get(`${packet.protocol} ${packet.destinationPort}`) ?? []).map(captured);
  const [first = null] = best;
  const isLed = asking.notes?.isOpen(divertedKey({ stack, packet })) === true;
  const isRequest = connected !== undefined || isLed || (first !== null && asking.notes?.isOpen(openedKey(stack, packet)) === true);
  const listener = first === null ? null : best.reduce(alike, first);
  // a request has its listener's transparency (tcp_conn_request), which one that a rule gives packets to always has
  if (isRequest) return { isFull: false, isWild: false, transparent: isLed ? true : listener?.transparent, mark: undefined };
  if (listener === null) return listeners.complete ? null : untold(stack, 'the sockets were not all captured');
  return listener;
}

/** A connection that a packet opens at a listener, as it is noted. */
export const openedKey = ({ key }: Stack, { protocol, source, sourcePort, destination, destinationPort }: Packet): string =>
  `${key} ${protocol} ${destination}:${destinationPort} ${source}:${sourcePort}`;

/** The same where a rule gave the packet to the listener, noted beside the plain one. */
export const divertedKey = ({ stack, packet }: Pick<Asking, 'stack' | 'packet'>): string => `${openedKey(stack, packet)} diverted`;

const untold = ({ scope }: Stack, detail: string): { readonly gap: Gap } => ({ gap: { of: 'socket', scope, why: 'not told', detail } });

/** A captured socket. */
export const captured = ({ local, state, remote, transparent, mark }: Socket): Met => ({
  isFull: state !== 'TIME-WAIT',
  isWild:
    (local.address === '0.0.0.0' || local.address === '::' || local.address === null) &&
    (state === 'LISTEN' || (remote?.address ?? null) === null),
  transparent,
  mark,
});

/** Of several that share a port a hash picks one: what they do not have in common is not told. */
const alike = (one: Met, other: Met): Met => ({
  ...one,
  transparent: one.transparent === other.transparent ? one.transparent : undefined,
  mark: one.mark === other.mark ? one.mark : undefined,
});

/** The socket that sent what this packet answers, an ordinary one; whether it is connected, or bound to one address, nobody told. */
export function sentBy({ stack, sender }: Asking, packet: Packet): Met | { readonly gap: Gap } | null {
  if (sender === undefined || sender.stack !== stack) return null;
  const { sent, isSure } = sender;
  if (sent.protocol !== packet.protocol || sent.source !== packet.destination || sent.sourcePort !== packet.destinationPort) return null;
  const isPeer = sent.destination === packet.source && sent.destinationPort === packet.sourcePort;
  if (!isPeer && sent.protocol === 'tcp') return null;
  if (!isSure) return untold(stack, 'whether a socket sent what this answers was not told');
  if (!isPeer) return untold(stack, 'whether the socket that sent what this answers is connected was not told');
  return { isFull: true, isWild: sent.protocol === 'tcp' ? false : undefined, transparent: false, mark: sent.mark };
}

/** The packet by whose addresses is looked up: an error's inner one turned round, an answer before its translation is undone. */
function lookedUp({ packet, track }: Asking): Packet | null {
  const inner = packet.icmp?.inner;
  if (packet.icmp !== null && inner == null) return null;
  const at: Packet = inner == null ? packet : { ...inner, ...turned(inner) };
  if (at.protocol !== 'tcp' && at.protocol !== 'udp') return null;
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
