import type { Cluster, Line, Place } from '../vocabulary.ts';
import type { Ran } from './command.ts';
import type { Components } from './components.ts';
import type { Holders } from './place.ts';

/** A drawn cluster that is up. */
export type World = {
  readonly cluster: Cluster;
  readonly holders: Holders;
  readonly components: Components;
  /** Milliseconds that it took to come up. */
  readonly upMs: number;
  /** Runs one literal shell line at its place. */
  readonly run: (line: Line, timeoutMs?: number) => Promise<Ran>;
  /** Runs a program, without a shell, at a place. */
  readonly exec: (at: Place, program: string, args: readonly string[], timeoutMs?: number) => Promise<Ran>;
  readonly close: () => Promise<void>;
};
