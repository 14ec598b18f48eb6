import type { Stack } from '#dataplane/stack';
import type { Packet } from '../packet.ts';
import type { Run } from '../run.ts';
import { INVALID, inverted, type Track, tupleOf, UNTRACKED, type Zone } from './connection.ts';
import { find } from './find.ts';

/** Errors, by family: other messages that open nothing are INVALID, and neighbour discovery is never tracked. */
const ERRORS = { icmp: new Set([3, 4, 5, 11, 12]), icmpv6: new Set([1, 2, 3, 4]) } as const;
const isNeighbourTalk = (type: number): boolean => type >= 130 && type <= 137;

/**
 * What an ICMP message that is no query is: an error belongs to the connection of the packet that it quotes, where it is told
 * to that connection's own end (net/netfilter/nf_conntrack_proto_icmp.c nf_conntrack_inet_error, …_icmpv6.c nf_conntrack_icmpv6_error).
 */
export function related(run: Run, stack: Stack, packet: Packet, zone?: Zone): Track | undefined {
  const { icmp, protocol } = packet;
  if (icmp === null) return INVALID;
  if (protocol === 'icmpv6' && isNeighbourTalk(icmp.type)) return UNTRACKED;
  const { inner } = icmp;
  if (inner === undefined || !ERRORS[protocol === 'icmpv6' ? 'icmpv6' : 'icmp'].has(icmp.type)) return INVALID;
  // The quoted packet went the other way: the tuple that answers it is the one of the error's direction.
  const found = find(run, stack, inner, inverted(tupleOf(inner), inner.protocol), zone);
  if (found === undefined) return undefined;
  const { connection, direction } = found;
  if (packet.destination !== connection[direction].destination) return INVALID;
  run.touch();
  return { connection, direction, state: 'RELATED' };
}
