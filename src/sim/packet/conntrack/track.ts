import type { Conntrack, ConntrackTuple } from '#facts/conntrack/conntrack';
import type { Stack } from '#dataplane/stack';
import type { Packet } from '../packet.ts';
import type { Found, Run } from '../run.ts';
import { setting } from '../setting.ts';
import { type Connection, INVALID, inverted, isEcho, isEchoRequest, keyOf, type Track, type Tuple, tupleOf } from './connection.ts';

/** What a packet is to the connections that its namespace tracks (net/netfilter/nf_conntrack_core.c nf_conntrack_in). */
export function track(run: Run, stack: Stack, packet: Packet): Track {
  if (packet.icmp !== null && !isEcho(packet)) return related(run, stack, packet);
  const found = find(run, stack, packet, tupleOf(packet));
  if (found === undefined) return fresh(stack, packet);
  const { connection, direction } = found;
  if (!fits(packet, found)) return INVALID;
  if (direction === 'reply') connection.seenReply = true;
  return { connection, direction, state: connection.seenReply ? 'ESTABLISHED' : 'NEW' };
}

/** A connection of this run, else one that the capture shows. */
function find(run: Run, stack: Stack, packet: Packet, tuple: Tuple): Found | undefined {
  const key = keyOf(packet.protocol, tuple);
  const own = run.connection(stack, key);
  if (own !== undefined) return own;
  const { connections } = stack;
  const captured = connections.is === 'seen' ? connections.table.get(key) : undefined;
  if (captured === undefined) return undefined;
  const connection = connectionOf(stack, packet, captured.entry);
  run.confirm(stack, connection);
  return { connection, direction: captured.reply ? 'reply' : 'original' };
}

const tupleFrom = (tuple: ConntrackTuple): Tuple => ({
  source: tuple.source,
  destination: tuple.destination,
  sourcePort: tuple.icmp?.id ?? tuple.sourcePort ?? 0,
  destinationPort: tuple.icmp === null ? (tuple.destinationPort ?? 0) : 0,
});

const connectionOf = (stack: Stack, packet: Packet, entry: Conntrack): Connection => ({
  protocol: packet.protocol,
  packet,
  original: tupleFrom(entry.original),
  reply: tupleFrom(entry.reply),
  seenReply: !entry.unreplied,
  mark: entry.mark ?? 0,
  sourceDone: true,
  destinationDone: true,
  confirmed: true,
  boundBy: [],
  captured: stack.cite('conntrack', entry),
});

/** An error belongs to the connection of the packet that it quotes (nf_conntrack_icmp_error). */
function related(run: Run, stack: Stack, packet: Packet): Track {
  const inner = packet.icmp?.inner;
  if (inner === undefined) return INVALID;
  // The quoted packet went the other way: the tuple that answers it is the one of the error's direction.
  const found = find(run, stack, inner, inverted(tupleOf(inner), inner.protocol));
  return found === undefined ? INVALID : { connection: found.connection, direction: found.direction, state: 'RELATED' };
}

/** A first packet that may open a connection; others are INVALID (tcp_new, icmp_pkt's valid_new). */
function fresh(stack: Stack, packet: Packet): Track {
  if (packet.icmp !== null && !isEchoRequest(packet)) return INVALID;
  const { tcp } = packet;
  if (tcp !== null && !(tcp.syn && !tcp.ack && !tcp.rst)) {
    const loose = setting(stack, 'net.netfilter.nf_conntrack_tcp_loose')?.value !== 0;
    if (!(loose && tcp.ack && !tcp.syn && !tcp.rst && !tcp.fin)) return INVALID;
  }
  const original = tupleOf(packet);
  const connection: Connection = {
    protocol: packet.protocol,
    packet,
    original,
    reply: inverted(original, packet.protocol),
    seenReply: false,
    mark: 0,
    sourceDone: false,
    destinationDone: false,
    confirmed: false,
    boundBy: [],
    captured: null,
  };
  return { connection, direction: 'original', state: 'NEW' };
}

/** Whether TCP's state machine takes the packet there: a SYN-ACK cannot come from who opened (tcp_conntracks). */
function fits(packet: Packet, { connection, direction }: Found): boolean {
  const { tcp } = packet;
  if (tcp === null) return true;
  if (tcp.syn && tcp.ack && !tcp.rst) return direction === 'reply';
  return !(tcp.syn && direction === 'reply' && !connection.seenReply);
}
