import type { Finding } from '#engine/finding';
import { subjectText } from '#engine/subject';
import { EXIT } from '../command.ts';
import type { World } from '../world.ts';

const keyOf = ({ fault, subject }: Finding): string => `${fault.id} ${subjectText(subject)}`;

/** One mend, and what is found after it. */
export type Mending = {
  /** Performs a finding's plan; its answer is an exit code. */
  readonly mend: (finding: Finding) => Promise<number>;
  /** Looks again, and plans for what is there by then. */
  readonly replan: () => Promise<readonly Finding[]>;
};

/**
 * Mends one finding after the other, each by a plan made for what is there by then: the first mend may have mended the second, or
 * moved the rule that it names. What only comes to light on the way is told, not mended unasked.
 */
export async function mendInTurn(first: readonly Finding[], { mend, replan }: Mending, world: World): Promise<number> {
  const asked = first.map(keyOf);
  let now = first;
  let status: number = EXIT.fine;
  for (const [turn, key] of asked.entries()) {
    if (turn > 0) now = await replan();
    const finding = now.find((one) => keyOf(one) === key);
    if (finding === undefined) world.print(`✓  ${key}: no longer there`);
    else {
      const ended = await mend(finding);
      if (ended === EXIT.failed) return stopped(asked.slice(turn + 1), world);
      status = Math.max(status, ended);
    }
  }
  for (const fresh of now.map(keyOf).filter((key) => !asked.includes(key))) world.note(`found only now: ${fresh}; run leadline fix again`);
  return status;
}

/** Where a step failed nothing else is begun: its journal may be needed, and what it met is not known. */
function stopped(left: readonly string[], world: World): number {
  if (left.length > 0) world.note(`stopped there; not begun: ${left.join(', ')}`);
  return EXIT.failed;
}
