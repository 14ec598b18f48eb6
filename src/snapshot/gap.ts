import type { Scope } from './scope.ts';

/** Why something is not known. */
export type GapWhy =
  | 'not collected' // nothing in the snapshot speaks of it
  | 'failed' // the source was asked and failed
  | 'denied' // the right to read it was missing
  | 'timed out'
  | 'unreadable' // collected, but not understood
  | 'not told' // the form that was collected does not carry it
  | 'not modelled'; // seen, but its effect is not modelled

/** What could not be seen: of what, where, why, and what would fill it. */
export type Gap = {
  /** The kind of fact (`route`, `lease` …) or what else is missing. */
  readonly of: string;
  readonly scope: Scope;
  readonly why: GapWhy;
  /** The words of the tool that failed, or what exactly is missing. */
  readonly detail: string;
  /** What to run, where, to fill it: `leadline capture` on D. */
  readonly capture?: string;
};
