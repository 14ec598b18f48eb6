import { grouped } from '#facts/grouped';
import type { ReachEnd } from './end.ts';
import type { Workload } from './workloads.ts';

/** Who asks and who is asked. */
export type Pair = readonly [from: ReachEnd, to: ReachEnd];

/** Whether one end is the node of the other, or a pod in that node's network: between these no policy stands. */
export const isOwn = (one: ReachEnd, other: ReachEnd): boolean =>
  one.node !== null && one.node === other.node && isNode(one) !== isNode(other);

const isNode = ({ kind, pod }: ReachEnd): boolean => kind === 'node' || pod?.hostNetwork === true;

/** The pairs of two workloads that are a node and a pod of its own. */
export function ownPairs(from: Workload, to: Workload): readonly Pair[] {
  const byNode = grouped(to.ends, ({ node }) => node ?? '');
  return from.ends.flatMap((source) =>
    (source.node === null ? [] : (byNode.get(source.node) ?? []))
      .filter((target) => isOwn(source, target))
      .map((target): Pair => [source, target]),
  );
}
