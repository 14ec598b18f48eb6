import type { Stack } from '#dataplane/stack';
import { type Connection, inverted, natOf, type Track, type Tuple } from '../conntrack/connection.ts';
import { untoldNat } from '../conntrack/untold-nat.ts';
import type { Hook } from '../iptables/context.ts';
import { type Packet, withoutDrawn } from '../packet.ts';

export { bind, type Bound } from './bind.ts';

/** Which end of a packet a hook rewrites (HOOK2MANIP). */
export const manipulated = (hook: Hook): 'source' | 'destination' =>
  hook === 'POSTROUTING' || hook === 'INPUT' ? 'source' : 'destination';

const REDIRECT = 5;

/** The packet as its connection's bindings make it at this hook (net/netfilter/nf_nat_core.c nf_nat_packet). */
export function rewritten(packet: Packet, { connection, direction, state }: Track, hook: Hook): Packet {
  if (connection === null) return packet;
  const what = manipulated(hook);
  const nat = natOf(connection);
  // A reply is changed back where the first packet was changed: its source for the destination, and the other way round.
  const applies = direction === 'original' ? nat[what] : nat[what === 'source' ? 'destination' : 'source'];
  if (!applies) return packet;
  const answered = direction === 'original' ? connection.reply : connection.original;
  const target = inverted(answered, connection.protocol);
  if (state === 'RELATED' && packet.icmp !== null) return rewrittenError(packet, answered, target, what);
  return withDrawn(withEnd(packet, what, target), connection, direction, what);
}

/** Beside a port that was drawn stands its range: that of this binding, or for an answer that of the end it goes back to, if it was drawn before. */
function withDrawn(
  packet: Packet,
  { drawn, packet: first }: Connection,
  direction: Track['direction'],
  what: 'source' | 'destination',
): Packet {
  if (direction === 'original') return drawn?.what === what ? { ...packet, drawn: { ...packet.drawn, [what]: drawn.range } } : packet;
  const before = packet.icmp === null ? first.drawn?.[what === 'source' ? 'destination' : 'source'] : undefined;
  if (before !== undefined) return { ...packet, drawn: { ...packet.drawn, [what]: before } };
  return withoutDrawn(packet, what);
}

/**
 * Whether the kernel drops a related packet where it would have to rewrite it: a redirect of a connection that is translated, or may be
 * yet, as it is about a first packet (nf_nat_icmp_reply_translation). `null`: whether it is translated nobody told.
 */
export function isDroppedRedirect(stack: Stack, { icmp }: Packet, { connection, state }: Track): boolean | null {
  if (state !== 'RELATED' || connection === null || icmp === null || icmp.type !== REDIRECT) return false;
  const nat = natOf(connection);
  if (!connection.sourceDone || !connection.destinationDone || nat.source || nat.destination) return true;
  return untoldNat(stack, connection).destination ? null : false;
}

function withEnd(packet: Packet, what: 'source' | 'destination', tuple: Tuple): Packet {
  if (packet.icmp !== null) {
    const icmp = packet.icmp.inner === undefined ? { ...packet.icmp, id: tuple.sourcePort } : packet.icmp;
    return what === 'source' ? { ...packet, source: tuple.source, icmp } : { ...packet, destination: tuple.destination, icmp };
  }
  return what === 'source'
    ? { ...packet, source: tuple.source, sourcePort: tuple.sourcePort }
    : { ...packet, destination: tuple.destination, destinationPort: tuple.destinationPort };
}

/** An ICMP error and the packet that it quotes (nf_nat_icmp_reply_translation). */
function rewrittenError(packet: Packet, answered: Tuple, target: Tuple, what: 'source' | 'destination'): Packet {
  const inner = packet.icmp?.inner;
  if (packet.icmp === null || inner === undefined) return packet;
  const icmp = { ...packet.icmp, inner: withEnd(inner, what === 'source' ? 'destination' : 'source', answered) };
  return what === 'source' ? { ...packet, icmp, source: target.source } : { ...packet, icmp, destination: target.destination };
}
