import type { Stack } from '#dataplane/stack';
import type { Gap } from '#snapshot/gap';
import type { Packet } from '../packet.ts';
import { isQuery } from './connection.ts';

/** Why it is not known what a namespace tracked before; nothing where all entries were read. */
export function unreadEntries({ connections, scope }: Stack): Gap | undefined {
  if (connections.is === 'gap') return connections.gap;
  const detail = 'only a part of the tracked connections was read';
  return connections.complete ? undefined : { of: 'conntrack', scope, why: 'not collected', detail };
}

/** Whether a packet belongs to a connection that somebody opened before: TCP without a SYN, what answers an ICMP query, an error about a packet. */
export const continues = (packet: Packet): boolean =>
  packet.tcp === null ? packet.icmp !== null && !isQuery(packet) : !packet.tcp.syn || packet.tcp.ack;
