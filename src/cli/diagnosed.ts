import { diagnose } from '#engine/diagnose';
import type { Diagnosis } from '#engine/finding';
import { invariants } from '#engine/invariants';
import type { Facts } from '#facts/facts';
import { known } from './faults/faults.ts';

const diagnosed = new WeakMap<Facts, Diagnosis>();

/** What is wrong by all that every healthy cluster satisfies; the same facts are judged once. */
export function diagnosisOf(facts: Facts): Diagnosis {
  const diagnosis = diagnosed.get(facts) ?? diagnose(facts, known, invariants(facts));
  diagnosed.set(facts, diagnosis);
  return diagnosis;
}
