import { messagePort, tupleKey } from '#dataplane/connections';
import { familyOf, type Ip } from '#net/ip';
import type { FactRef } from '../fact-ref.ts';
import type { Drawn, Packet } from '../packet.ts';
import type { Expiry } from './expiry.ts';
import type { SctpTrack } from './sctp.ts';
import type { TcpTrack } from './tcp.ts';

/** Addresses and ports of one direction (struct nf_conntrack_tuple); for ICMP queries the source port is their id, the other one their type and code. */
export type Tuple = { readonly source: Ip; readonly destination: Ip; readonly sourcePort: number; readonly destinationPort: number };

/** The zone that a tuple is looked up in, by direction (struct nf_conntrack_zone); 0 is the default. */
export type Zone = { readonly original: number; readonly reply: number };

export const DEFAULT_ZONE: Zone = { original: 0, reply: 0 };

/** A port that the kernel drew out of a range. */
export type DrawnPort = { readonly what: keyof Drawn; readonly range: readonly [number, number] };

/** Whether the source or the destination was rewritten (IPS_SRC_NAT, IPS_DST_NAT). */
export type Nat = { readonly source: boolean; readonly destination: boolean };

/** A connection that a namespace tracks (struct nf_conn). Mutable while a packet walks; `confirmed` puts it into the table. */
export type Connection = {
  readonly protocol: Packet['protocol'];
  /** The packet that made it. */
  packet: Packet;
  original: Tuple;
  reply: Tuple;
  /** The end whose port was drawn at random, and the range: `reply` shows one of it. */
  drawn?: DrawnPort | undefined;
  readonly zone?: Zone;
  seenReply: boolean;
  /** `null`: nobody told. */
  assured?: boolean | null;
  /** When it was there at the latest, in milliseconds after the reading: a captured one may be older. */
  readonly began?: number;
  /** A flowtable has taken it (IPS_OFFLOAD). */
  offloaded?: boolean;
  /** Where TCP's state machine is. */
  tcp?: TcpTrack | null;
  /** Where SCTP's is, and the tags that it has seen. */
  sctp?: SctpTrack | null;
  mark: number;
  /** Bits of its mark that are not known: of a template all that no rule has written since it was attached; left out: none. */
  unknownMark?: number;
  /** The end of its answers that IPVS changed, without being NAT (ip_vs_update_conntrack). */
  ipvs?: 'source' | 'destination' | undefined;
  /** The ends that this run's rules or tables rewrote; left out: those that the tuples show. */
  nat?: Nat | undefined;
  /** The device for whose address it was masqueraded (masq_index). */
  masqueraded?: string | undefined;
  /** Set once the nat table was asked for this direction (nf_nat_initialized). */
  sourceDone: boolean;
  destinationDone: boolean;
  confirmed: boolean;
  /** When it is forgotten; nothing of one that a flowtable keeps. */
  expires?: Expiry | null;
  /** The rules that gave it its NAT. */
  boundBy: readonly FactRef[];
  /** The captured entry that it is. */
  readonly captured: FactRef | null;
  /** A captured entry that an earlier packet of the run took up. */
  readonly wasCaptured?: true;
  /** Whether another connection announced it (IPS_EXPECTED): while that is tried out of one of which nobody told. */
  expected?: boolean | undefined;
  /** Whether the hooks of NAT ran for it (IPS_SRC_NAT_DONE, IPS_DST_NAT_DONE): while that is tried out of one of which nobody told. */
  natDone?: Nat | undefined;
};

/** What a connection was asked for and its answers carry, with the ports that were drawn. */
export type Asked = Readonly<Pick<Connection, 'protocol' | 'packet' | 'original' | 'reply' | 'drawn' | 'zone'>>;

/** Whether it was there when the capture was made, and not made by a packet of the run. */
export const isCaptured = ({ captured, wasCaptured }: Pick<Connection, 'captured' | 'wasCaptured'>): boolean =>
  captured !== null || wasCaptured === true;

/** Whether another connection announced it: none that a run makes, and of a captured one that is not told (`null`). */
export const isExpected = (connection: Connection): boolean | null => (isCaptured(connection) ? (connection.expected ?? null) : false);

/** Whether the hooks of NAT ran for it before it was put into the table: of a captured one that is not told (`null`). */
export const natDone = (connection: Connection): Nat | null =>
  isCaptured(connection) ? (connection.natDone ?? null) : { source: connection.sourceDone, destination: connection.destinationDone };

/** Why nobody knows. */
export const UNTOLD_MASTER = 'whether another connection announced a captured one is not told';

/** A packet's connection and how it belongs to it (enum ip_conntrack_info). */
export type Track = {
  readonly connection: Connection | null;
  readonly state: 'NEW' | 'ESTABLISHED' | 'RELATED' | 'INVALID' | 'UNTRACKED';
  readonly direction: 'original' | 'reply';
  /** What of its numbers a setting decided, in a sentence. */
  readonly minded?: { readonly says: string; readonly by: readonly FactRef[] };
  /** What of it rests on a setting that nobody read, in a sentence. */
  readonly assumed?: string | undefined;
  /** Set by `-j CT --zone` before tracking: a template, not yet a track. */
  readonly zone?: Zone;
  /** The directions whose zone is the packet's mark when it is tracked (NF_CT_FLAG_MARK). */
  readonly marked?: Readonly<Record<keyof Zone, boolean>>;
  /** That template as rules see it: a connection from nowhere to nowhere, whose entry counts as confirmed. */
  readonly template?: Connection;
};

export const UNTRACKED: Track = { connection: null, state: 'UNTRACKED', direction: 'original' };
export const INVALID: Track = { connection: null, state: 'INVALID', direction: 'original' };
/** What an error about an untracked packet carries: no connection, but not nothing either (nf_conntrack_attach). */
export const RELATED_TO_NONE: Track = { connection: null, state: 'RELATED', direction: 'original' };

/** A track that only tells the zone (nf_ct_tmpl_alloc, xt_ct_tg_check). */
export function template(zone: Zone, packet: Packet): Track {
  const nowhere = (familyOf(packet.source) === 4 ? '0.0.0.0' : '::') as Ip; // both are canonical
  const tuple: Tuple = { source: nowhere, destination: nowhere, sourcePort: 0, destinationPort: 0 };
  const connection: Connection = {
    protocol: 'ipv6', // of none: what rules ask of a template's protocol is answered without it
    packet,
    original: tuple,
    reply: tuple,
    zone,
    seenReply: false,
    mark: 0,
    unknownMark: 0xffffffff,
    sourceDone: false,
    destinationDone: false,
    confirmed: true,
    boundBy: [],
    captured: null,
  };
  return { connection: null, state: 'NEW', direction: 'original', zone, template: connection };
}

/** What rules see as the packet's connection (nf_ct_get). */
export const seenBy = (track: Track | null): Connection | null => track?.connection ?? track?.template ?? null;

/** The state that rules see: what has no connection is INVALID, unless it is not tracked (xt_conntrack.c conntrack_mt, nft_ct.c nft_ct_get_eval). */
export const stateOf = (track: Track | null): Track['state'] =>
  track === null || (seenBy(track) === null && track.state !== 'UNTRACKED') ? 'INVALID' : track.state;

/** Whether nothing is attached to a packet: it was not tracked yet, or fits no connection (skb->_nfct). */
export const isBare = (track: Track | null): boolean => track === null || (track.connection === null && track.state === 'INVALID');

/** Whether a packet is still to be tracked. */
export const isUntouched = (track: Track | null): boolean =>
  isBare(track) || track === RELATED_TO_NONE || (track?.zone !== undefined && track.connection === null);

/** Types that ask, with the types that answer them (net/netfilter/nf_conntrack_proto_icmp.c invmap, …_icmpv6.c). */
const QUERIES = new Set([8, 13, 15, 17]);
const ANSWERS = new Set([0, 14, 16, 18]);
const QUERIES_6 = new Set([128, 139]);
const ANSWERS_6 = new Set([129, 140]);

/** Messages that open a connection (valid_new). */
export const isQuery = ({ protocol, icmp }: Packet): boolean =>
  icmp !== null && (protocol === 'icmpv6' ? QUERIES_6 : QUERIES).has(icmp.type);

/** Queries and what answers them: messages with a connection of their own (icmp_pkt_to_tuple). */
export const isEcho = (packet: Packet): boolean =>
  packet.icmp !== null && (isQuery(packet) || (packet.protocol === 'icmpv6' ? ANSWERS_6 : ANSWERS).has(packet.icmp.type));

/** What a port of a connection was drawn out of, here or before it came here; nothing where it is told. An ICMP id is the source port of both tuples. */
export function rangeOfPort(
  { packet, drawn, original, reply }: Connection,
  direction: Track['direction'],
  end: 'sourcePort' | 'destinationPort',
): readonly [number, number] | undefined {
  const isMessage = packet.icmp !== null;
  if (isMessage && end === 'destinationPort') return undefined;
  const what = isMessage || (direction === 'original') === (end === 'sourcePort') ? 'source' : 'destination';
  if (direction === 'original') return packet.drawn?.[what];
  if (drawn?.what === what) return drawn.range;
  const asked = what === 'source' ? original.sourcePort : original.destinationPort;
  return reply[end] === asked ? packet.drawn?.[what] : undefined;
}

/** The tuple of a packet. */
export function tupleOf(packet: Packet): Tuple {
  const { source, destination } = packet;
  if (packet.icmp !== null) return { source, destination, sourcePort: packet.icmp.id, destinationPort: messagePort(packet.icmp) };
  return { source, destination, sourcePort: packet.sourcePort, destinationPort: packet.destinationPort };
}

/** Types of queries and of what answers them (invmap of nf_conntrack_proto_icmp.c and …_icmpv6.c). */
const PAIRS = {
  icmp: [
    [8, 0],
    [13, 14],
    [15, 16],
    [17, 18],
  ],
  icmpv6: [
    [128, 129],
    [139, 140],
  ],
} as const;

const invertedTypes = (pairs: readonly (readonly [number, number])[]): ReadonlyMap<number, number> =>
  new Map(
    pairs.flatMap(([query, answer]) => [
      [query, answer],
      [answer, query],
    ]),
  );

const INVERTED = { icmp: invertedTypes(PAIRS.icmp), icmpv6: invertedTypes(PAIRS.icmpv6) };

/** The message that answers one, as a port. */
function invertedMessage(port: number, protocol: 'icmp' | 'icmpv6'): number {
  const type = INVERTED[protocol].get(port >> 8);
  return type === undefined ? port : messagePort({ type, code: port & 0xff });
}

/** The tuple that an answer carries. An ICMP id stays the source port on both ways. */
export function inverted(tuple: Tuple, protocol: Packet['protocol']): Tuple {
  const ports =
    protocol === 'icmp' || protocol === 'icmpv6'
      ? { sourcePort: tuple.sourcePort, destinationPort: invertedMessage(tuple.destinationPort, protocol) }
      : { sourcePort: tuple.destinationPort, destinationPort: tuple.sourcePort };
  return { source: tuple.destination, destination: tuple.source, ...ports };
}

export const keyOf = (protocol: Packet['protocol'], tuple: Tuple, zone = 0): string =>
  tupleKey(protocol, tuple.source, tuple.sourcePort, tuple.destination, tuple.destinationPort, zone);

/**
 * What NAT rewrote of a connection; a port that was drawn hardly ever stays. The id of a captured one's messages counts as the source's, as
 * most are: at which end it was rewritten `untoldNat` knows that nobody knows.
 */
export function natOf({ nat, original, reply, protocol, ipvs, drawn }: Connection): Nat {
  if (nat !== undefined) return nat;
  const isIcmp = protocol === 'icmp' || protocol === 'icmpv6';
  return {
    source:
      ipvs !== 'source' &&
      (drawn?.what === 'source' ||
        reply.destination !== original.source ||
        (isIcmp ? reply.sourcePort : reply.destinationPort) !== original.sourcePort),
    destination:
      ipvs !== 'destination' &&
      (drawn?.what === 'destination' ||
        reply.source !== original.destination ||
        (!isIcmp && reply.sourcePort !== original.destinationPort)),
  };
}

/** Whether a port of it was drawn that nobody saw yet, here or on its first packet's way. */
export const isDrawn = ({ drawn, packet }: Asked): boolean => drawn !== undefined || packet.drawn !== undefined;

/** What is kept of a connection once it is forgotten. */
export const askedOf = ({ protocol, packet, original, reply, drawn, zone }: Connection): Asked => ({
  ...{ protocol, packet, original, reply, drawn },
  ...(zone === undefined ? {} : { zone }),
});

/** Whether it is in a table, and not what is kept of one that was. */
export const isTracked = (one: Connection | Asked): one is Connection => 'confirmed' in one;
