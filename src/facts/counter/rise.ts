import type { Partition } from '../facts.ts';
import type { Counter } from './counter.ts';

/** A counter as it was read last, and how much it rose since the first look. */
export type Rise = {
  /** `null`: it was not read. */
  readonly counter: Counter | null;
  /** `null`: it was not read twice, or was set back meanwhile. */
  readonly by: number | null;
};

/** How much a counter rose between the first look at it and the last. */
export function riseOf(counters: Partition<'counter'> | undefined, name: string): Rise {
  const looks = counters?.looks ?? [];
  const at = (index: number): Counter | undefined => looks.at(index)?.facts.find((one) => one.name === name);
  const [first, last] = [at(0), at(-1)];
  const isTwice = looks.length > 1 && first !== undefined && last !== undefined && last.value >= first.value;
  return { counter: last ?? null, by: isTwice ? last.value - first.value : null };
}
