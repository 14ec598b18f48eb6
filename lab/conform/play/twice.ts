import type { Told } from './ask.ts';

/** What of a judgement counts against it. */
type Judged = { readonly told: readonly Told[]; readonly miscounted: readonly unknown[]; readonly disconnected: readonly unknown[] };

/**
 * Where conversations that are asked about alone do not tell what happened, they may have met: then as they were sent, if that tells it.
 * What is known alone and not in order (a limit's tokens were gone, and what comes behind it is not known) is taken as not known last.
 */
export async function judgedTwice<J extends Judged>(
  askInOrder: (alone: readonly Told[]) => Promise<readonly Told[]>,
  alone: readonly Told[],
  judgedOf: (told: readonly Told[]) => J,
): Promise<J> {
  const first = judgedOf(alone);
  if (troubles(first) === 0) return first;
  const ordered = await askInOrder(alone);
  const isRight = ({ judged }: Told): boolean => judged.every(({ is }) => is !== 'other');
  const knowsAsMuch = ({ skipped }: Told, at: number): boolean => skipped <= (alone[at]?.skipped ?? 0);
  const mixed = (isTaken: (one: Told, at: number) => boolean): J =>
    judgedOf(ordered.map((one, at) => (isTaken(one, at) ? one : (alone[at] ?? one))));
  const second = mixed((one, at) => isRight(one) && knowsAsMuch(one, at));
  if (troubles(second) === 0) return second;
  return [first, second, mixed(isRight)].reduce((best, one) => (troubles(one) < troubles(best) ? one : best));
}

const troubles = ({ told, miscounted, disconnected }: Judged): number =>
  told.flatMap(({ judged }) => judged).filter(({ is }) => is === 'other').length + miscounted.length + disconnected.length;
