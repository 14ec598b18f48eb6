import type { Gap } from './gap.ts';
import type { Scope } from './scope.ts';

/** A piece of an entry's content: a file of its own in the archive, or a blob that several entries share. */
export type Part = { readonly file: string } | { readonly blob: string };

/** One reading of one source: a command that ran or a file that was read, once. */
export type Entry = {
  readonly scope: Scope;
  /** The name under which evidence cites it: `nodes/D/ip_-d_-j_link`. Unique per look. */
  readonly file: string;
  /** What was run; for a file that was read, `['cat', PATH]`. */
  readonly argv: readonly string[];
  /** Exit status; nothing when it was killed by its time limit or is not known (imported files). */
  readonly exit: number | null;
  /** Which reading of this source, from 1. */
  readonly look: number;
  /** Wall-clock milliseconds since 1970 of the node, where known. */
  readonly started?: number;
  readonly ended?: number;
  /** The content, in order; line numbers count over all parts together. */
  readonly parts: readonly Part[];
  /** The format, when the content was recognised before it was written. */
  readonly format?: string;
};

/** The clocks of one node at one look: every age is counted against these, never against now. */
export type Clock = {
  readonly node: string;
  readonly look: number;
  /** Milliseconds since 1970 by the node's wall clock. */
  readonly wall: number;
  /** Seconds since boot. */
  readonly uptime?: number;
  readonly bootId?: string;
  /** Minutes east of UTC. */
  readonly zoneMinutes?: number;
  /** Milliseconds by which the node's wall clock is ahead of etcd's, by the Date header of its answer: to half a second. */
  readonly aheadMs?: number;
};

/** `leadline.json`: the index of a snapshot. */
export type SnapshotIndex = {
  readonly format: 'leadline-snapshot';
  readonly version: 1;
  readonly tool: { readonly name: string; readonly version: string };
  readonly cluster?: string;
  /** First start and last end of all entries, wall-clock milliseconds. */
  readonly window?: { readonly from: number; readonly to: number };
  readonly clocks: readonly Clock[];
  readonly entries: readonly Entry[];
  readonly gaps: readonly Gap[];
};

/** Everything captured of one cluster at one time. */
export type Snapshot = {
  readonly index: SnapshotIndex;
  /** The raw content of an entry; broken UTF-8 is replaced, lines are kept. */
  readonly text: (entry: Entry) => string;
};
