import type { Partition } from '#facts/facts';
import type { Nexthop } from '#facts/nexthop/nexthop';
import { memoised } from './memo.ts';

/** Next hop objects by their number. */
export const nexthopTable = memoised(
  (partition: Partition<'nexthop'>): ReadonlyMap<number, Nexthop> => new Map(partition.facts.map((one) => [one.id, one])),
);
