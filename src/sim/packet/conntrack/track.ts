import type { Stack } from '#dataplane/stack';
import type { Gap } from '#snapshot/gap';
import type { FactRef } from '../outcome.ts';
import type { Packet } from '../packet.ts';
import type { Found, Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import {
  type Connection,
  DEFAULT_ZONE,
  INVALID,
  inverted,
  isEcho,
  isQuery,
  RELATED_TO_NONE,
  type Track,
  tupleOf,
  UNTRACKED,
  type Zone,
} from './connection.ts';
import { assuredStream } from './assured-stream.ts';
import { find } from './find.ts';
import { fullTable } from './full.ts';
import { assumedThere, isForgotten } from './life.ts';
import { related } from './related.ts';
import { talked, talkOpens } from './associations.ts';
import { isTcp, streamed, type Streamed, streamOpens } from './streams.ts';
import { isValidFlags } from './tcp-states.ts';
import { expiryOf, shortenedExpiry } from './timeouts.ts';
import { continues, unreadEntries } from './unread.ts';

/** A packet that tracking itself ends, or may end. */
export type Refused =
  | { readonly refused: 'dropped'; readonly says: string; readonly by: readonly FactRef[] }
  | { readonly refused: 'unknown'; readonly gap: Gap };

/**
 * What a packet is to the connections that its namespace tracks (net/netfilter/nf_conntrack_core.c nf_conntrack_in). Where those
 * were not read, one that somebody else opened before is not known; what opens one, or answers a packet of this run, is taken as new.
 */
export function track(run: Run, skb: Skb): Track | Refused {
  const { stack, packet } = skb;
  const zone = zoneOf(skb);
  if (isUntrackedMessage(packet)) return UNTRACKED;
  if (packet.icmp !== null && !isEcho(packet)) return message(run, skb, zone);
  const found = find(run, stack, packet, tupleOf(packet), zone);
  if (found !== undefined) return known(run, stack, packet, found, zone);
  return (hasValidFlags(packet) ? unopened(skb) : undefined) ?? fresh(run, stack, packet, zone);
}

/** The zone of its template; one by its mark is that which it has now (nf_ct_zone_tmpl). */
function zoneOf({ track, packet }: Skb): Zone {
  const { zone = DEFAULT_ZONE, marked } = track ?? {};
  if (marked === undefined) return zone;
  const id = packet.mark & 0xffff;
  return { original: marked.original ? id : zone.original, reply: marked.reply ? id : zone.reply };
}

const hasValidFlags = ({ tcp }: Packet): boolean => tcp === null || isValidFlags(tcp);

/** Groups' and neighbours' messages of IPv6 are of no connection (net/netfilter/nf_conntrack_proto_icmpv6.c noct_valid_new); redirects are. */
const isUntrackedMessage = ({ protocol, icmp }: Packet): boolean =>
  protocol === 'icmpv6' && icmp !== null && ((icmp.type >= 130 && icmp.type <= 136) || icmp.type === 143);

/** An ICMP message that is no query: where it belongs to no connection, what is attached to it stays (nf_conntrack_inet_error). */
function message(run: Run, skb: Skb, zone: Zone): Track | Refused {
  const found = related(run, skb.stack, skb.packet, zone) ?? unopened(skb) ?? INVALID;
  return found === INVALID && skb.track === RELATED_TO_NONE ? skb.track : found;
}

/** A packet of a connection that somebody opened before, which is none that was read: unread ones may be it. */
function unopened({ stack, packet, isAnswer }: Skb): Refused | undefined {
  const gap = isAnswer !== true && continues(packet) ? unreadEntries(stack) : undefined;
  return gap === undefined ? undefined : { refused: 'unknown', gap };
}

/** A packet of a connection that is there (resolve_normal_ct, nf_conntrack_handle_packet). */
function known(run: Run, stack: Stack, packet: Packet, { connection, direction }: Found, zone: Zone): Track | Refused {
  if (!hasValidFlags(packet)) return INVALID;
  const isEstablished = direction === 'reply' || connection.seenReply;
  const assumed = assumedThere(run, stack, connection);
  const { is, life, minded } = heardBy(run, stack, packet, connection, direction);
  if (life === 'shortened') connection.expires = shortenedExpiry(stack, connection, run.at);
  if (is === 'invalid') return minded === undefined ? INVALID : { ...INVALID, minded };
  if (is === 'reopened' || is === 'killed') run.forget(stack, connection);
  if (is === 'reopened') return fresh(run, stack, packet, zone);
  if (packet.protocol === 'udp' || packet.protocol === 'gre') connection.assured = assuredStream(run, stack, connection);
  if (life === 'renewed' && !isForgotten(run, stack, connection)) connection.expires = expiryOf(stack, connection, run.at);
  if (direction === 'reply') connection.seenReply = true;
  run.touch();
  return { connection, direction, state: isEstablished ? 'ESTABLISHED' : 'NEW', assumed, ...(minded === undefined ? {} : { minded }) };
}

/** What a packet says to its connection; one without a state machine of its own renews its life (nf_conntrack_handle_packet). */
function heardBy(run: Run, stack: Stack, packet: Packet, connection: Connection, direction: Track['direction']): Streamed {
  if (isTcp(packet)) return streamed(run, stack, packet, connection, direction);
  return packet.protocol === 'sctp' ? talked(run, stack, packet, connection, direction) : { is: 'taken', life: 'renewed' };
}

/**
 * A packet of no connection that is known: one that may open one does; others are INVALID, where the table had room for what they might have
 * opened (init_conntrack, nf_conntrack_in).
 */
function fresh(run: Run, stack: Stack, packet: Packet, zone: Zone): Track | Refused {
  const full = fullTable(run, stack);
  if (full?.is === 'full') return { refused: 'dropped', says: full.says, by: full.by };
  if (full?.is === 'gap') return { refused: 'unknown', gap: full.gap };
  if (packet.icmp !== null && !isQuery(packet)) return INVALID;
  if (!hasValidFlags(packet)) return INVALID;
  const tcp = isTcp(packet) ? streamOpens(run, stack, packet) : null;
  if (tcp === undefined) return INVALID;
  const sctp = packet.protocol === 'sctp' ? talkOpens(run, stack, packet) : null;
  if (sctp === undefined) return INVALID;
  const original = tupleOf(packet);
  const connection: Connection = {
    protocol: packet.protocol,
    packet,
    original,
    reply: inverted(original, packet.protocol),
    zone,
    seenReply: false,
    assured: false,
    began: run.at,
    tcp,
    sctp,
    mark: 0,
    sourceDone: false,
    destinationDone: false,
    confirmed: false,
    expires: null,
    boundBy: [],
    captured: null,
  };
  connection.expires = expiryOf(stack, connection, run.at);
  return { connection, direction: 'original', state: 'NEW' };
}
