import { type Mended, mendOn, undoOn } from '../product.ts';
import type { Diagnosis } from '../story/verdict.ts';
import type { World } from '../world/world.ts';

const failures = (said: readonly Mended[], what: string): readonly string[] =>
  said.filter(({ code }) => code !== 0).map(({ node, code, text }) => `${what} on ${node} ended with ${code}: ${text.slice(-600)}`);

/** Has the product mend what it found first; `performed` is false where its plan is for a person only. */
export async function mend(
  world: World,
  { findings }: Diagnosis,
  archives: readonly string[],
  keepJournal: boolean,
): Promise<{ readonly performed: boolean; readonly wrong: readonly string[] }> {
  const [first] = findings;
  if (first === undefined || first.fixedOn.length === 0) return { performed: false, wrong: [] };
  return { performed: true, wrong: failures(await mendOn(world, first, archives, keepJournal), 'leadline fix') };
}

/** Has it take the mend back; the answer is what failed. */
export async function takeBack(world: World, { findings: [first] }: Diagnosis): Promise<readonly string[]> {
  return first === undefined ? [] : failures(await undoOn(world, first), 'leadline fix --undo');
}
