/** One piece of work for one lab: its cluster, and what is done in it. A job is replayed exactly by its text. */
export type Job =
  | { readonly kind: 'healthy'; readonly seed: string; readonly maxNodes?: number }
  | {
      readonly kind: 'fault';
      readonly seed: string;
      readonly maxNodes?: number;
      /** The seed of a cluster that several jobs use one after the other; `seed` then draws only what the play itself does. */
      readonly cluster?: string;
      readonly fault: string;
      readonly play: number;
      readonly twins: readonly number[];
      readonly removals: number;
      /** Whether the mend is taken back in the end, and the facts must be as before it. */
      readonly undo?: boolean;
    }
  | { readonly kind: 'pair'; readonly seed: string; readonly maxNodes?: number; readonly faults: readonly [string, string] };

/** What a job of each kind must have, and what that must be. */
const NEEDED: Readonly<Record<Job['kind'], Readonly<Record<string, (value: unknown) => boolean>>>> = {
  healthy: { seed: (value) => typeof value === 'string' },
  fault: {
    seed: (value) => typeof value === 'string',
    fault: (value) => typeof value === 'string',
    play: (value) => Number.isInteger(value),
    twins: (value) => Array.isArray(value) && value.every(Number.isInteger),
    removals: (value) => Number.isInteger(value),
  },
  pair: {
    seed: (value) => typeof value === 'string',
    faults: (value) => Array.isArray(value) && value.length === 2 && value.every((one) => typeof one === 'string'),
  },
};

/** The job that a text names, as a failing run printed it; what it lacks is an error in words. */
export function jobOf(text: string): Job {
  let job: unknown;
  try {
    job = JSON.parse(text);
  } catch {
    throw new Error(`--job takes a job as JSON, as a failing run prints it, not ${JSON.stringify(text)}`);
  }
  const parts = (typeof job === 'object' && job !== null ? job : {}) as Readonly<Record<string, unknown>>;
  const kind = (['healthy', 'fault', 'pair'] as const).find((one) => one === parts['kind']);
  if (kind === undefined) throw new Error(`--job: kind is healthy, fault or pair, not ${JSON.stringify(parts['kind'])}`);
  const bad = Object.entries(NEEDED[kind]).filter(([name, isGood]) => !isGood(parts[name]));
  if (bad.length > 0)
    throw new Error(
      `--job: a job of kind ${kind} lacks, or has in another form: ${bad.map(([name]) => name).join(', ')}; such as ${JSON.stringify(EXAMPLES[kind])}`,
    );
  return job as Job;
}

const EXAMPLES: Readonly<Record<Job['kind'], Job>> = {
  healthy: { kind: 'healthy', seed: 's1' },
  fault: { kind: 'fault', seed: 's1', fault: 'hairpin-off', play: 0, twins: [0], removals: 0 },
  pair: { kind: 'pair', seed: 's1', faults: ['hairpin-off', 'route-blackhole'] },
};

/** One thing that was demanded, and what was wrong with it. */
export type Case = { readonly name: string; readonly wrong: readonly string[] };

/** Captures of a broken cluster that are yet to be judged with something missing, and what may be found in them. */
export type Lacking = { readonly archives: readonly string[]; readonly tolerated: readonly string[] };

/** What a lab did with a job. */
export type Report = {
  readonly job: Job;
  /** What is judged of it apart, when its lab is at something else. */
  readonly apart?: string;
  readonly lacking?: Lacking;
  readonly cases: readonly Case[];
  readonly ms: number;
  /** What the play left on a cluster that others were to use: it is not used again. */
  readonly left?: readonly string[];
  /** Why the job was played again after it had failed, and how. */
  readonly again?: { readonly for: Again; readonly failed: readonly Case[] };
};

/** Why what failed is no verdict: the machine stood still meanwhile, or another job had used the cluster before. */
export type Again = 'the machine stood still' | 'the cluster was used before';

/** The cases in which something was wrong. */
export const failedOf = (cases: readonly Case[]): readonly Case[] => cases.filter(({ wrong }) => wrong.length > 0);

/** The cluster that a job shares with others. */
export const clusterOf = (job: Job | undefined): string | undefined => (job?.kind === 'fault' ? job.cluster : undefined);

/** A job in words. */
export function jobText(job: Job): string {
  if (job.kind === 'healthy') return 'healthy';
  return job.kind === 'pair' ? job.faults.join(' + ') : job.play === 0 ? job.fault : `${job.fault} (variant ${job.play})`;
}
