import type { Link } from '#facts/link/link';
import { familyOf, type Ip } from '#net/ip';
import type { Gap } from '#snapshot/gap';
import type { Stack } from '#dataplane/stack';
import type { Next } from '../next.ts';
import type { FactRef } from '../outcome.ts';
import type { Packet } from '../packet.ts';
import { lookup } from '../route/lookup.ts';
import { type OwnSource, ownSource } from '../route/own-source.ts';
import { sourceFor } from '../route/source.ts';
import type { Run } from '../run.ts';
import type { Carried, Skb } from '../skb.ts';
import { stepped } from '../trail.ts';

/** The stack's own part is done: the frame left by the tunnel's device, whose driver drops it. */
export const taken = (skb: Skb, link: Link): Skb => ({ ...skb, trail: { before: skb.trail, leaves: link.name, packet: skb.packet } });

/** The headers that a tunnel puts around what it carries. */
export type Outer = Pick<Packet, 'source' | 'destination' | 'protocol' | 'size' | 'df' | 'ttl' | 'mark'> &
  Partial<Pick<Packet, 'sourcePort' | 'destinationPort' | 'tos' | 'drawn'>>;

/** A tunnel's packet starts on this namespace's own way out, without what was known of the inside (include/net/ip_tunnels.h iptunnel_xmit). */
export function wrapped(
  skb: Skb,
  outer: Outer,
  carries: Omit<Carried, 'packet' | 'wire' | 'carries'>,
  why: readonly [string, string, readonly FactRef[]],
  outBy: string | null = null,
): Next {
  const [element, says, by] = why;
  const packet: Packet = { sourcePort: 0, destinationPort: 0, tcp: null, icmp: null, ...outer };
  return {
    stage: 'output',
    skb: {
      ...skb,
      packet,
      // what was passed on lost its socket where it left its namespace (skb_orphan)
      owner: skb.in === null ? skb.owner : null,
      isAnswer: skb.isAnswer && skb.in === null,
      isOfKernel: skb.isOfKernel && skb.in === null,
      in: null,
      frame: null,
      cast: 'host',
      path: null,
      routedFor: null,
      outBy,
      track: null,
      bridged: null,
      carries: { ...carries, packet: skb.packet, wire: skb.wire, carries: skb.carries },
      wire: outer.size,
      hop: null,
      trail: stepped(skb.trail, element, says, by),
    },
  };
}

const ECN = 3;
const CONGESTED = 3;
const CAPABLE = 2;
const OTHERWISE_CAPABLE = 1;

/** The type of service around a packet: its bits of congestion are the inside's, but that it met some (INET_ECN_encapsulate). */
export function outerTos(tos: number | 'inherit' | undefined, inner: number): number {
  const own = tos === 'inherit' ? inner : (tos ?? 0);
  const bits = inner & ECN;
  return (own & ~ECN) | (bits === CONGESTED ? CAPABLE : bits);
}

/** Whether a packet met congestion on its way (INET_ECN_is_ce). */
export const isCongested = ({ tos = 0 }: Pick<Packet, 'tos'>): boolean => (tos & ECN) === CONGESTED;

/**
 * The type of service of what comes out of a tunnel: the congestion that the outside met is the inside's. Nothing where the inside does not
 * know of such: it is dropped (include/net/inet_ecn.h INET_ECN_decapsulate, IP_ECN_decapsulate).
 */
export function innerTos({ tos: outer = 0 }: Pick<Packet, 'tos'>, { tos: inner = 0 }: Pick<Packet, 'tos'>): number | undefined {
  const [around, bits] = [outer & ECN, inner & ECN];
  if (around === CONGESTED) return bits === 0 ? undefined : inner | CONGESTED;
  return around === OTHERWISE_CAPABLE && bits === CAPABLE ? (inner & ~ECN) | OTHERWISE_CAPABLE : inner;
}

/** The same carried thing with another type of service; as it was where that is the same. */
export const withTos = (carried: Carried, tos: number): Carried =>
  tos === (carried.packet.tos ?? 0) ? carried : { ...carried, packet: { ...carried.packet, tos } };

/** What a tunnel's packet held, as it comes in by the tunnel's device. */
export function unwrapped(
  skb: Skb,
  carried: Carried,
  device: Link,
  why: readonly [string, string, readonly FactRef[]],
  mark = skb.packet.mark,
): Next {
  const [element, says, by] = why;
  const inner: Skb = {
    ...skb,
    packet: { ...carried.packet, mark },
    in: device,
    frame: carried.frame,
    path: null,
    routedFor: null,
    outBy: null,
    track: null,
    carries: carried.carries,
    wire: carried.wire,
    vouched: skb.vouched || carried.how === 'vxlan' || carried.how === 'wireguard',
    hop: null,
    trail: stepped(skb.trail, element, says, by),
  };
  return { stage: 'receive', skb: inner, link: device };
}

/** Whether a namespace may send from the address that a tunnel names: in IPv4 only from its own (net/ipv4/route.c ip_route_output_key_hash_rcu: __ip_dev_find). */
export function namedSource(run: Run, stack: Stack, local: Ip): OwnSource {
  return familyOf(local) === 4 ? ownSource(run, stack, local) : { is: 'own' };
}

/** The source that a namespace gives to a tunnel's packets where the tunnel names none; nothing where no way leads there, or no address is its own. */
export function outerSource(stack: Stack, to: Ip, oif: string | null, mark: number): Ip | { readonly gap: Gap } | undefined {
  const answer = lookup(null, stack, { source: null, destination: to, iif: 'lo', oif, mark, packet: null });
  if (answer.is === 'gap') return { gap: answer.gap };
  if (answer.is === 'error') return undefined;
  const source = sourceFor(stack, answer.path, to);
  if (source.is === 'seen') return source.address;
  const { addresses } = stack;
  const isWhole = addresses.is === 'seen' && addresses.complete && source.gap.of === 'address';
  return isWhole ? undefined : { gap: source.gap };
}
