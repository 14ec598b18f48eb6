import { memoised } from '#dataplane/memo';
import { type Family, familyOf } from '#net/ip';
import type { ReachEnd } from './end.ts';
import type { Verdict } from './verdict.ts';
import type { Workload } from './workloads.ts';

/** The families that both of two ends have addresses of, the first one's first. */
export const familiesOf = (from: ReachEnd, to: ReachEnd): readonly Family[] =>
  from.addresses.map(familyOf).filter((family) => inFamily(to, family) !== undefined);

/** An end as one family knows it; nothing where it has no address of that. The same one each time. */
export const inFamily = (end: ReachEnd, family: Family): ReachEnd | undefined => byFamily(end).get(family);

const byFamily = memoised(
  (end: ReachEnd): ReadonlyMap<Family, ReachEnd> =>
    new Map(end.addresses.map((address) => [familyOf(address), address === end.address ? end : { ...end, address }] as const)),
);

/** A workload as one family knows it: all of its ends have addresses of the same ones. */
export const workloadIn = (workload: Workload, family: Family): Workload => workloads(workload)[family];

const workloads = memoised((workload: Workload): Readonly<Record<Family, Workload>> => {
  const of = (family: Family): Workload => ({ ...workload, ends: workload.ends.flatMap((end) => inFamily(end, family) ?? []) });
  return { 4: of(4), 6: of(6) };
});

/** Whether answers of several families tell different things: the verdict, or why. */
export function differ(answers: readonly { readonly verdict: Verdict; readonly says: readonly string[] }[]): boolean {
  const [first, ...others] = answers.map((answer) => JSON.stringify([answer.verdict, answer.says]));
  return others.some((other) => other !== first);
}

/** The verdict of one pair over its families: what holds in all; where some pass and some do not, partly. */
export function overFamilies(verdicts: readonly Verdict[]): Verdict {
  const [first = 'unknown', ...others] = new Set(verdicts);
  if (others.length === 0) return first;
  const isPartly = verdicts.includes('partly') || (verdicts.includes('yes') && verdicts.includes('no'));
  return isPartly ? 'partly' : 'unknown';
}
