import type { ModelOutcome } from '../stage/model.ts';
import { type Told, unknownIn } from './ask.ts';

/** What of a judgement counts against it. */
type Judged = { readonly told: readonly Told[]; readonly miscounted: readonly unknown[]; readonly disconnected: readonly unknown[] };

/**
 * Where conversations that are asked about alone do not tell what happened, they may have met: then as they were sent, if that tells it.
 * Those that asked for more than there is of something they share surely met, and are asked about in order whatever they told: first they
 * alone, as all take far longer, then all where that does not tell it. What is known alone and not in order (a limit's tokens were gone,
 * and what comes behind it is not known) is taken as not known last, but of those.
 */
export async function judgedTwice<J extends Judged>(
  askInOrder: (alone: readonly Told[]) => Promise<readonly Told[]>,
  alone: readonly Told[],
  judgedOf: (told: readonly Told[]) => J,
): Promise<J> {
  const first = judgedOf(alone);
  const scarce = scarceIn(alone);
  const isRationed = (one: Told): boolean => rationsOf(one).some(([of]) => scarce.has(of));
  const rationed = new Set(alone.flatMap((one, at) => (isRationed(one) ? [at] : [])));
  const isRight = ({ judged }: Told): boolean => judged.every(({ is }) => is !== 'other');
  const knowsAsMuch = (one: Told, at: number): boolean => alone[at] === undefined || unknownIn(one) <= unknownIn(alone[at]);
  const inOrder = async (met: readonly Told[]): Promise<J> => {
    const asked = await askInOrder(met);
    const ordered = alone.map((one) => asked[met.indexOf(one)] ?? one);
    const mixed = (isTaken: (one: Told, at: number) => boolean): J =>
      judgedOf(ordered.map((one, at) => (isTaken(one, at) ? one : (alone[at] ?? one))));
    const second = mixed((one, at) => isRight(one) && (rationed.has(at) || knowsAsMuch(one, at)));
    if (troubles(second) === 0) return second;
    // who surely met is not right because that took too long to ask
    const isCut = rationed.size > 0 && asked.some(({ tooLong }) => tooLong === true);
    return [...(isCut ? [] : [first]), second, mixed(isRight)].reduce((best, one) => (troubles(one) < troubles(best) ? one : best));
  };
  const surely = rationed.size === 0 ? first : await inOrder(alone.filter(isRationed));
  if (troubles(first) === 0 || troubles(surely) === 0) return surely;
  const all = await inOrder(alone);
  return troubles(surely) < troubles(all) ? surely : all;
}

type Rations = NonNullable<ModelOutcome['rations']>;

/** What a conversation asked for of all that is rationed, as its last packet's outcomes tell. */
function rationsOf({ judged }: Pick<Told, 'judged'>): Rations {
  const answer = judged.at(-1)?.answer;
  return answer === undefined || 'error' in answer ? [] : answer.outcomes.flatMap(({ rations = [] }) => rations);
}

/**
 * What conversations together asked for more often than there surely was of it, at the most that each of them may have. Who asked one
 * that nobody knows (`?` stands in its name) may have asked each of those that it may be.
 */
export function scarceIn(alone: readonly Pick<Told, 'judged'>[]): ReadonlySet<string> {
  const all = new Map<string, { readonly had: number; readonly asked: number }>();
  for (const one of alone) {
    for (const [of, own] of Map.groupBy(rationsOf(one), ([name]) => name)) {
      const { had, asked } = all.get(of) ?? { had: Number.POSITIVE_INFINITY, asked: 0 };
      all.set(of, {
        had: Math.min(had, ...own.map(([, its]) => its)),
        asked: asked + Math.max(...own.map(([, , its]) => its)),
      });
    }
  }
  const untold = [...all.keys()].filter((of) => of.split(' ').includes('?'));
  return new Set(
    [...all].flatMap(([of, { had, asked }]) => {
      const may = untold.filter((common) => common !== of && isOneOf(of, common));
      const most = may.reduce((sum, common) => sum + (all.get(common)?.asked ?? 0), asked);
      return most > had ? [of, ...may] : [];
    }),
  );
}

function isOneOf(name: string, common: string): boolean {
  const [own, pieces] = [name.split(' '), common.split(' ')];
  return own.length === pieces.length && pieces.every((piece, at) => piece === '?' || piece === own[at]);
}

const troubles = ({ told, miscounted, disconnected }: Judged): number =>
  told.flatMap(({ judged }) => judged).filter(({ is }) => is === 'other').length + miscounted.length + disconnected.length;
