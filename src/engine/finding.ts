import type { Gap } from '#snapshot/gap';
import type { Origin } from '#snapshot/origin';
import type { AskedCheck } from './check.ts';
import type { Fault, Params } from './fault.ts';
import type { Plan } from './plan.ts';
import type { Subject } from './subject.ts';

/** A look-alike that the evidence rules out. */
export type Exclusion = { readonly fault: string; readonly subject: string; readonly evidence: readonly Origin[] };

/** What became of a failing check when the fix was applied to the model. */
export type Counterfactual = {
  readonly check: string;
  readonly before: 'fail' | 'unknown';
  readonly after: 'pass' | 'fail' | 'unknown';
  /** Other fixes that had to be applied with it. */
  readonly together: readonly string[];
};

/** Another fault whose fix also mends what this finding explains. */
export type Alternative = { readonly fault: string; readonly subject: string };

/** A fault that was found on a subject. */
export type Finding = {
  readonly fault: Fault;
  readonly subject: Subject;
  /** Proved: evidence and counterfactual. Supported: one of them. Suspected: neither suffices; says what to capture. */
  readonly status: 'proved' | 'supported' | 'suspected';
  readonly params: Params;
  readonly evidence: readonly Origin[];
  readonly excludes: readonly Exclusion[];
  /** The failing checks that pass under its fix. */
  readonly explains: readonly string[];
  readonly counterfactual: readonly Counterfactual[];
  readonly alternatives: readonly Alternative[];
  /** Passing checks that its fix would break. */
  readonly breaks: readonly string[];
  readonly fix: Plan;
};

/** A verdict that could not be given: for want of facts, or hidden behind a finding. */
export type UnknownVerdict = {
  readonly fault: string;
  readonly subject: string | null;
  readonly because: { readonly is: 'gap'; readonly gaps: readonly Gap[] } | { readonly is: 'masked'; readonly by: string };
};

/** Two named points between which something that was not captured acts. */
export type Bracket = { readonly from: string; readonly to: string; readonly says: string };

/** A failing check that no finding explains, with where it ends. */
export type Unexplained = { readonly check: AskedCheck; readonly says: string; readonly bracket: Bracket | null };

/** How much was asked and could be answered. */
export type Coverage = {
  readonly nodes: readonly string[];
  readonly checks: { readonly asked: number; readonly passed: number; readonly failed: number; readonly unknown: number };
  /** Why checks are unknown: each reason with how often. */
  /** Why checks are unknown, and what to run to know. */
  readonly reasons: readonly { readonly says: string; readonly checks: number; readonly capture?: string }[];
  readonly verdicts: { readonly found: number; readonly absent: number; readonly unknown: number };
};

export type Diagnosis = {
  readonly findings: readonly Finding[];
  readonly unexplained: readonly Unexplained[];
  readonly unknown: readonly UnknownVerdict[];
  /** Verdicts *absent*, as `fault subject`. */
  readonly absent: readonly { readonly fault: string; readonly subject: string; readonly evidence: readonly Origin[] }[];
  readonly checks: readonly AskedCheck[];
  readonly coverage: Coverage;
};
