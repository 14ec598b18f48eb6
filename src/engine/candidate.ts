import type { Check } from './check.ts';
import type { Fault, Params } from './fault.ts';
import type { Verdict } from './judge.ts';
import type { Plan } from './plan.ts';
import type { Subject } from './subject.ts';

/** A fault found on a subject, before its proof. */
export type Candidate = {
  readonly key: string;
  readonly fault: Fault;
  readonly subject: Subject;
  readonly params: Params;
  readonly verdict: Verdict;
  readonly plan: Plan;
  /** Its own questions, beside the shared checks. */
  readonly asks: readonly Check[];
  /** In which round it came to light: 0 on the captured facts, later ones under the fixes of earlier ones. */
  readonly round: number;
};
