import { type Dice, diceOf } from '../draw/dice.ts';
import type { Scenario } from '../vocabulary.ts';
import type { Job } from './job.ts';
import { isApart } from './apart.ts';

/** How much a run of the gauntlet does. */
export type Extent = {
  readonly seed: string;
  /** All twins and variants of every fault, or one drawn twin and one drawn play. */
  readonly all: boolean;
  readonly pairs: number;
  readonly removals: number;
  readonly healthy: number;
};

/** Where time is short, the clusters are small, and one mend in so many is taken back; all of them where that is asked for. */
const SMALL = 3;
const UNDO_ONE_IN = 3;
/** So many plays use one cluster, one after the other: the product on its nodes becomes warm. Where time is short, fewer: more is begun. */
const PLAYS_PER_CLUSTER = { all: 12, some: 6 };

const draws = (dice: Dice): string => dice.roll(2 ** 31).toString(36);

function faultJobs(scenario: Scenario, dice: Dice, all: boolean, removals: number): readonly Job[] {
  const plays = 1 + (scenario.variants?.length ?? 0);
  const twins = scenario.twins.map((_, at) => at);
  const chosen = all ? [...Array(plays).keys()] : [dice.roll(plays)];
  return chosen.map((play, at) => ({
    kind: 'fault',
    seed: draws(dice),
    fault: scenario.fault,
    play,
    twins: all ? (at === 0 ? twins : []) : [dice.pick(twins)],
    removals,
    undo: all || dice.roll(UNDO_ONE_IN) === 0,
  }));
}

/** What of a scenario's needs its cluster is drawn by; nothing where it wants the machine for itself. */
const shapeOf = (scenario: Scenario): string | undefined =>
  isApart(scenario) ? undefined : JSON.stringify([scenario.needs?.minNodes ?? 0, scenario.needs?.api === true, scenario.needs?.iptables]);

/** Gives faults that want clusters of one shape one cluster, a few plays each. */
function shareClusters(jobs: readonly Job[], scenarios: readonly Scenario[], dice: Dice, most: number): readonly Job[] {
  const shapes = new Map(scenarios.map((one) => [one.fault, shapeOf(one)]));
  const open = new Map<string, { readonly cluster: string; plays: number }>();
  return jobs.map((job) => {
    const shape = job.kind === 'fault' ? shapes.get(job.fault) : undefined;
    if (shape === undefined) return job;
    const shared = open.get(shape);
    const mine = shared !== undefined && shared.plays < most ? shared : { cluster: draws(dice), plays: 0 };
    mine.plays += 1;
    open.set(shape, mine);
    return { ...job, cluster: mine.cluster };
  });
}

/** Whether two faults may be played together: not the same, neither wants a lab of its own kind, and the second does not set up anew what the first has broken. */
const combine = (one: Scenario, other: Scenario): boolean =>
  one.fault !== other.fault &&
  !isApart(one) &&
  !isApart(other) &&
  !(one.needs?.balancer && other.needs?.balancer) &&
  !clash(one.needs?.iptables, other.needs?.iptables);
const clash = (one?: string, other?: string): boolean => one !== undefined && other !== undefined && one !== other;

function pairJobs(scenarios: readonly Scenario[], dice: Dice, count: number): readonly Job[] {
  const possible = scenarios.flatMap((one) => scenarios.filter((other) => combine(one, other)).map((other) => [one, other] as const));
  if (possible.length === 0) return [];
  return Array.from({ length: count }, () => {
    const [one, other] = dice.pick(possible);
    return { kind: 'pair', seed: draws(dice), faults: [one.fault, other.fault] };
  });
}

const small = (job: Job): Job => ({ ...job, maxNodes: SMALL });

/** The same jobs, with every mend taken back. */
export const takenBack = (jobs: readonly Job[]): readonly Job[] => jobs.map((job) => (job.kind === 'fault' ? { ...job, undo: true } : job));

/** Everything one run does, drawn from its seed alone. Removals are spread over the faults' own captures. */
export function planJobs(scenarios: readonly Scenario[], { seed, all, pairs, removals, healthy }: Extent): readonly Job[] {
  const dice = diceOf(seed);
  const until = (at: number): number => Math.floor((removals * at) / scenarios.length);
  const faults = scenarios.map((scenario, at) =>
    faultJobs(scenario, dice, all, until(at + 1) - until(at)).map((job, play) =>
      play === 0 || job.kind !== 'fault' ? job : { ...job, removals: 0 },
    ),
  );
  const well = Array.from({ length: healthy }, (): Job => ({ kind: 'healthy', seed: draws(dice) }));
  const both = pairJobs(scenarios, dice, pairs);
  if (all) return shareClusters([...well, ...faults.flat(), ...both], scenarios, dice, PLAYS_PER_CLUSTER.all);
  return [...shareClusters(dice.shuffle(faults.flat()), scenarios, dice, PLAYS_PER_CLUSTER.some), ...well, ...both].map(small);
}
