import { type Mended, mendOn, undoOn } from '../product.ts';
import type { Diagnosis } from '../story/verdict.ts';
import type { Bench } from './bench.ts';

const failures = (said: readonly Mended[], what: string): readonly string[] =>
  said.filter(({ code }) => code !== 0).map(({ node, code, text }) => `${what} on ${node} ended with ${code}: ${text.slice(-600)}`);

/** Has the product mend what it found first; `performed` is false where its plan is for a person only. */
export async function mend(
  bench: Bench,
  { findings }: Diagnosis,
  archives: readonly string[],
  keepJournal: boolean,
): Promise<{ readonly performed: boolean; readonly wrong: readonly string[] }> {
  const [first] = findings;
  if (first === undefined || first.fixedOn.length === 0) return { performed: false, wrong: [] };
  return { performed: true, wrong: failures(await mendOn(bench, first, archives, keepJournal, bench.on), 'leadline fix') };
}

/** Has it take the mend back; the answer is what failed. */
export async function takeBack(bench: Bench, { findings: [first] }: Diagnosis): Promise<readonly string[]> {
  return first === undefined ? [] : failures(await undoOn(bench, first, bench.on), 'leadline fix --undo');
}
