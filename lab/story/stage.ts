import type { Matrix } from './matrix.ts';
import type { Diagnosis, Finding } from './verdict.ts';

/** The three moments of a story. */
export type Phase = 'healthy' | 'broken' | 'mended';

/** One probe of the scenario, in words, with what it saw. */
export type Told = { readonly text: string; readonly saw: string; readonly right: boolean };

/** What is measured in one phase. */
export type Measured = { readonly matrix: Matrix; readonly probes: readonly Told[] };

/** What the story is about. */
export type Subject = {
  readonly fault: string;
  readonly title: string;
  readonly expected: string;
  /** Why the cause cannot be proved by its previewed mend. */
  readonly unproved?: string;
  /** Why the lab must not perform its mend. */
  readonly unmendable?: string;
  /** Findings that may stand beside the expected one. */
  readonly besides: readonly string[];
  /** The cluster in a few lines. */
  readonly cluster: readonly string[];
  /** The breaking lines, as one would type them. */
  readonly broken: readonly string[];
};

/** Where the story plays: in namespaces, or from what was recorded there. */
export type Stage = {
  readonly subject: Subject;
  readonly measure: (phase: Phase) => Promise<Measured>;
  /** Paths of the captures of one phase. */
  readonly capture: (phase: Phase) => Promise<readonly string[]>;
  /** Hears what was found in the captures of one phase. */
  readonly judged: (phase: Phase, diagnosis: Diagnosis) => void;
  readonly break: () => Promise<void>;
  /** Performs a finding's plan, and tells what was said on each node where something was done. */
  readonly mend: (finding: Finding, archives: readonly string[]) => Promise<readonly string[]>;
  /** Puts back what a plan for a person leaves to that person; tells what was typed. */
  readonly heal: () => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
};
