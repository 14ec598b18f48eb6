import { familyOf, fromBits, type Ip, ip, toBits } from '#net/ip';
import type { Gap } from '#snapshot/gap';
import type { Link } from '#facts/link/link';
import type { Stack } from '#dataplane/stack';
import { type Connection, inverted, keyOf, natOf, type Track, type Tuple } from '../conntrack/connection.ts';
import type { Hook } from '../iptables/context.ts';
import { addressRangeOf, rangeOf, within } from '../iptables/numbers.ts';
import type { Rewrite } from '../iptables/target.ts';
import type { FactRef } from '../outcome.ts';
import type { Packet } from '../packet.ts';
import { deviceAddress } from '../route/source.ts';
import { placeText, type Run } from '../run.ts';

/** Which end of a packet a hook rewrites (HOOK2MANIP). */
export const manipulated = (hook: Hook): 'source' | 'destination' =>
  hook === 'POSTROUTING' || hook === 'INPUT' ? 'source' : 'destination';

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
  if (state === 'RELATED') return rewrittenError(packet, answered, target, what);
  return withEnd(packet, what, target);
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

/** A binding that could be made, or why it is not known. */
export type Bound = { readonly is: 'bound'; readonly by: readonly FactRef[] } | { readonly is: 'gap'; readonly gap: Gap };

/** Binds a connection as a NAT rule asks (nf_nat_setup_info). */
export function bind(
  run: Run,
  stack: Stack,
  connection: Connection,
  rewrite: Rewrite,
  at: { readonly in: Link | null; readonly out: Link | null; readonly hook: Hook; readonly hop: Ip | null; readonly rule: string },
): Bound {
  const now = inverted(connection.reply, connection.protocol);
  const { what } = rewrite;
  const chosen = addressFor(run, stack, now, rewrite, at);
  if ('gap' in chosen) return { is: 'gap', gap: chosen.gap };
  const asked = rewrite.ports === null ? undefined : rangeOf(rewrite.ports, '-');
  const port = what === 'source' ? now.sourcePort : now.destinationPort;
  const wanted = asked === undefined || within(port, asked) ? port : asked[0];
  const tuple: Tuple =
    what === 'source'
      ? { ...now, source: chosen.address, sourcePort: wanted }
      : { ...now, destination: chosen.address, destinationPort: wanted };
  connection.reply = inverted(what === 'source' ? free(run, stack, connection, tuple) : tuple, connection.protocol);
  return { is: 'bound', by: chosen.by };
}

type Chosen = { readonly address: Ip; readonly by: readonly FactRef[] } | { readonly gap: Gap };

function addressFor(run: Run, stack: Stack, now: Tuple, { what, to, addresses }: Rewrite, at: Parameters<typeof bind>[4]): Chosen {
  if (to === 'same') return { address: now[what], by: [] };
  if (to === 'masquerade' || (to === 'redirect' && at.hook === 'PREROUTING')) {
    const device = to === 'masquerade' ? at.out : at.in;
    const source = deviceAddress(stack, device?.name ?? '', at.hop ?? now.destination);
    return source.is === 'gap' ? { gap: source.gap } : source;
  }
  if (to === 'redirect') return { address: familyOf(now.destination) === 4 ? ip`127.0.0.1` : ip`::1`, by: [] };
  const range = addressRangeOf(addresses[0] ?? '');
  if (range === undefined)
    return { gap: { of: 'iptables', scope: stack.scope, why: 'unreadable', detail: `no address to rewrite to: ${addresses[0] ?? ''}` } };
  const many = Number(toBits(range.to) - toBits(range.from)) + 1;
  if (many <= 1) return { address: range.from, by: [] };
  const options = Array.from({ length: Math.min(many, 256) }, (_, index) => {
    const address = fromBits(toBits(range.from) + BigInt(index), familyOf(range.from));
    return { name: address as string, probability: 1 / many };
  });
  const picked = run.pick({ at: `${placeText(stack)} ${at.rule} address`, of: 'nat range', scope: 'connection', options });
  return { address: fromBits(toBits(range.from) + BigInt(picked), familyOf(range.from)), by: [] };
}

const LOWEST_PORT = 1024;

/** Another source port where the tuple is taken already (nf_nat_l4proto_unique_tuple). */
function free(run: Run, stack: Stack, connection: Connection, tuple: Tuple): Tuple {
  const taken = (candidate: Tuple): boolean => {
    const found = run.connection(stack, keyOf(connection.protocol, inverted(candidate, connection.protocol)));
    return found !== undefined && found.connection !== connection;
  };
  let candidate = tuple;
  for (let tries = 0; tries < 128 && taken(candidate); tries++) {
    candidate = { ...candidate, sourcePort: LOWEST_PORT + ((candidate.sourcePort + 7919 - LOWEST_PORT) % (65536 - LOWEST_PORT)) };
  }
  return candidate;
}
