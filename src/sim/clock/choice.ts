import type { Citation } from '#dataplane/reading';
import type { Gap } from '#snapshot/gap';

/** Why a branch point has no probability, and the facts that it is about. */
export type Because = { readonly gap: Gap; readonly by: readonly Citation[] };

/** A named branch point of a run: a rule that picks at random, a hash, a resolver's first server, or a match that is not modelled. */
export type ChoicePoint = {
  /** Where: `D/root iptables nat KUBE-SVC-X rule 2`. The same place in the same run has the same text. */
  readonly at: string;
  /** What is chosen: `statistic`, `ecmp`, `unmodelled match`. */
  readonly of: string;
  /** Whether the kernel chooses once per connection or anew for each packet. */
  readonly scope: 'connection' | 'packet';
  /** A hash of the flow: whoever asks at the same place later gets the same answer. */
  readonly lasts?: true;
  /** Dice: a packet that comes to the same place twice in one walk throws them twice. */
  readonly dice?: true;
  /** What can be picked. A probability that is not known is `null`: an unmodelled match. */
  readonly options: readonly { readonly name: string; readonly probability: number | null }[];
  /** Set where probabilities are not known. */
  readonly because?: Because;
};

/** A choice that was made. */
export type Choice = {
  readonly at: string;
  readonly of: string;
  readonly scope: 'connection' | 'packet';
  readonly picked: string;
  readonly probability: number | null;
  readonly because?: Because;
};

/** Decides at branch points: by enumeration, by a seeded sample, or as told. Returns the index of the picked option. */
export type Chooser = {
  readonly pick: (point: ChoicePoint) => number;
  /** Told of each frame that is sent: what a run costs. */
  readonly spend?: () => void;
};

/** The run's result for one way through its choices. */
export type Branch<T> = { readonly result: T; readonly choices: readonly Choice[]; readonly probability: number | null };

const LIMIT = 4096;

/** Frames of all branches together: eight for each of as many branches. Ways of hundreds of hops that part at each are not all walked. */
const FRAMES = 8 * LIMIT;

/**
 * Repeats a run over all its choices, depth first, and returns every branch with its joint probability (`null` when an
 * unknown one is among them). A run must be deterministic for a chooser. Stops after `limit` branches, or `frames` sent by all of them,
 * and says so.
 */
export function enumerate<T>(
  run: (chooser: Chooser) => T,
  limit = LIMIT,
  frames = FRAMES,
): { readonly branches: readonly Branch<T>[]; readonly complete: boolean } {
  const branches: Branch<T>[] = [];
  let path: { picked: number; of: number }[] = [];
  let spent = 0;
  const spend = (): void => void spent++;
  for (;;) {
    const choices: Choice[] = [];
    let depth = 0;
    const pick = (point: ChoicePoint): number => {
      const picked = path[depth]?.picked ?? 0;
      if (depth === path.length) path.push({ picked, of: point.options.length });
      depth++;
      const option = point.options[picked];
      if (option === undefined) throw new Error(`the run is not deterministic at ${point.at}`);
      const made: Choice = { at: point.at, of: point.of, scope: point.scope, picked: option.name, probability: option.probability };
      choices.push(point.because === undefined ? made : { ...made, because: point.because });
      return picked;
    };
    const result = run({ pick, spend });
    branches.push({ result, choices, probability: jointProbability(choices) });
    path = path.slice(0, depth);
    while (path.length > 0 && (path.at(-1)?.picked ?? 0) + 1 >= (path.at(-1)?.of ?? 0)) path.pop();
    const last = path.at(-1);
    if (last === undefined) return { branches, complete: true };
    if (branches.length >= limit || spent >= frames) return { branches, complete: false };
    last.picked++;
  }
}

export function jointProbability(choices: readonly Choice[]): number | null {
  let joint = 1;
  for (const { probability } of choices) {
    if (probability === null) return null;
    joint *= probability;
  }
  return joint;
}

/** Picks as told by place, else the first option. */
export const forced = (picks: ReadonlyMap<string, string>): Chooser => ({
  pick: ({ at, options }) =>
    Math.max(
      0,
      options.findIndex(({ name }) => name === picks.get(at)),
    ),
});

/** Picks by weight with a source of numbers in [0, 1). */
export const sampled = (random: () => number): Chooser => ({
  pick: ({ options }) => {
    let left = random();
    for (const [index, { probability }] of options.entries()) {
      left -= probability ?? 1 / options.length;
      if (left < 0) return index;
    }
    return options.length - 1;
  },
});
