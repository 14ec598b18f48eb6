import type { World } from '#dataplane/world';
import type { TracedOutcome } from '#sim/packet/outcome';
import type { Flow } from '#sim/packet/trace';
import type { Gap } from '#snapshot/gap';
import type { Origin } from '#snapshot/origin';
import type { Words } from './words.ts';

/** What came of asking a check. */
export type Answered = {
  readonly result: 'pass' | 'fail' | 'unknown';
  /** For a flow that fails only sometimes: how often, where it is known. */
  readonly probability: number | null;
  readonly outcomes: readonly TracedOutcome[];
  /** What made it unknown. */
  readonly gaps: readonly Gap[];
  /** In a sentence: how it ended. */
  readonly says: string;
};

/**
 * A question with its expected answer and where it comes from. `ask` is pure: the same facts give the same answer, so a
 * previewed change can be asked the same question.
 */
export type Check = {
  /** Stable and unique: `pod-pod A→D`, `user 10.100.54.10→10.100.41.10:80/tcp`. */
  readonly id: string;
  /** `pod-pod`, `pod-node`, `node-service`, `lookup`, `connection` …. */
  readonly kind: string;
  readonly from: 'invariant' | 'user' | 'observation' | 'log';
  readonly says: Words;
  readonly flow?: Flow;
  readonly ask: (world: World) => Answered;
  /** What was really measured, where somebody did. */
  readonly observed?: { readonly result: 'pass' | 'fail'; readonly origins: readonly Origin[]; readonly says: string };
};

/** A check with its answer on the captured facts. */
export type AskedCheck = Check & { readonly answered: Answered };

/** Failed as measured, or, where nobody measured, as predicted. */
export const failed = (check: AskedCheck): boolean => (check.observed?.result ?? check.answered.result) === 'fail';
