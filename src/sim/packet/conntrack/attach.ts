import type { Packet } from '../packet.ts';
import type { Skb } from '../skb.ts';
import { RELATED_TO_NONE, seenBy, type Track, UNTRACKED } from './connection.ts';

/**
 * The track of an error or reset that a stack sends about a packet: it belongs to that packet's connection, which need not be
 * in the table yet, the other way round (nf_conntrack_attach, called by icmp_glue_bits and nf_send_reset). What is about an untracked
 * packet is not untracked itself: it gets the state of what is related, and no connection, and `-j CT` passes it over. A template is
 * attached as a connection is, so that it is tracked in the same zone.
 */
export function attached({ track }: Pick<Skb, 'track'>): Track | null {
  if (track === UNTRACKED) return RELATED_TO_NONE;
  if (track === null || seenBy(track) === null) return null;
  const { connection, zone, marked, template } = track;
  const other = { connection, state: 'RELATED', direction: track.direction === 'original' ? 'reply' : 'original' } as const;
  return zone === undefined || template === undefined ? other : { ...other, zone, template, ...(marked === undefined ? {} : { marked }) };
}

/**
 * Whether an answer is one that carries the connection of what it answers: an error, or a reset by a rule. A packet that was
 * delivered has lost its connection before its stack finds no socket (nf_reset_ct in udp_rcv).
 */
export const carriesTrack = (answer: Packet, code: string): boolean =>
  (answer.icmp?.inner !== undefined && code !== 'NO_SOCKET') || (answer.tcp?.rst === true && code === 'NETFILTER_DROP');
