import type { Stack } from '#dataplane/stack';
import type { Gap } from '#snapshot/gap';
import type { Packet } from '../packet.ts';
import { isQuery } from './connection.ts';
import { sctpOf } from './sctp.ts';

/** Why it is not known what a namespace tracked before; nothing where all entries were read. */
export function unreadEntries({ connections, scope }: Stack): Gap | undefined {
  if (connections.is === 'gap') return connections.gap;
  const detail = 'only a part of the tracked connections was read';
  return connections.complete ? undefined : { of: 'conntrack', scope, why: 'not collected', detail };
}

/** Whether a packet belongs to a connection that somebody opened before: TCP without a SYN, SCTP without an INIT, what answers an ICMP query, an error about a packet. */
export function continues(packet: Packet): boolean {
  if (packet.protocol === 'sctp') return sctpOf(packet).chunks[0]?.type !== 'INIT';
  return packet.tcp === null ? packet.icmp !== null && !isQuery(packet) : !packet.tcp.syn || packet.tcp.ack;
}
