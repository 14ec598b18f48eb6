import type { Ip } from '#net/ip';
import type { DrawnPort, Nat, Zone } from './conntrack/connection.ts';
import type { Expiry } from './conntrack/expiry.ts';
import type { SctpTrack } from './conntrack/sctp.ts';
import type { TcpTrack } from './conntrack/tcp.ts';
import type { Notes } from './notes.ts';
import type { Packet } from './packet.ts';

/** A connection that a namespace tracks, as this run made or changed it: the tuple of both directions, NAT included. */
export type TrackedConnection = {
  readonly original: Packet;
  /** The addresses and ports that a reply carries. */
  readonly reply: { readonly source: Ip; readonly destination: Ip; readonly sourcePort: number; readonly destinationPort: number };
  readonly seenReply: boolean;
  readonly mark: number;
  /** Left out: not assured, there at the reading, the default zone, neither TCP nor SCTP, kept by a flowtable. */
  readonly assured?: boolean | null;
  readonly began?: number;
  readonly zone?: Zone;
  readonly tcp?: TcpTrack;
  readonly sctp?: SctpTrack;
  readonly expires?: Expiry;
  readonly drawn?: DrawnPort;
  readonly ipvs?: 'source' | 'destination';
  readonly nat?: Nat;
  /** For which ends the hooks of NAT ran; left out: for both, or there at the reading. */
  readonly natDone?: Nat;
  readonly masqueraded?: string;
  readonly offloaded?: true;
  /** It is a captured entry, as this run changed it. */
  readonly wasCaptured?: true;
};

/**
 * What packets left behind, by namespace (`node\0netns`): tracked connections by either tuple, path MTUs learnt. Immutable; what
 * the capture shows (entries, neighbours) is in the facts, this is only what the run added. A retry hands the first packet's
 * state in.
 */
export type State = {
  readonly connections: ReadonlyMap<string, ReadonlyMap<string, TrackedConnection>>;
  readonly pathMtu: ReadonlyMap<string, ReadonlyMap<Ip, LearntMtu>>;
  /** What bridges, tunnels and sockets learnt; left out: nothing. */
  readonly notes?: Notes;
};

/** What a path takes, in bytes, and when that was learnt, in milliseconds after the reading. */
export type LearntMtu = { readonly mtu: number; readonly at: number };

export const FRESH: State = { connections: new Map(), pathMtu: new Map() };
