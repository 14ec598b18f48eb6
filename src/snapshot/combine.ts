import type { Entry, Snapshot } from './snapshot.ts';

/**
 * Several snapshots as one, without copying content. Where two speak of the same node or of the cluster from the same node,
 * the one that was captured later stands: what a node showed before is not what it shows now.
 */
export function combine(snapshots: readonly Snapshot[]): Snapshot {
  const [only] = snapshots;
  if (only !== undefined && snapshots.length === 1) return only;
  const byAge = [...snapshots].sort((one, other) => endOf(one) - endOf(other));
  const newest = new Map<string, Snapshot>();
  for (const snapshot of byAge) for (const node of nodesIn(snapshot)) newest.set(node, snapshot);
  const owner = new Map<Entry, Snapshot>();
  for (const snapshot of byAge) {
    for (const entry of snapshot.index.entries) if (newest.get(entry.scope.node) === snapshot) owner.set(entry, snapshot);
  }
  const stands = (node: string, snapshot: Snapshot): boolean => (newest.get(node) ?? snapshot) === snapshot;
  const latest = byAge.at(-1)?.index;
  if (latest === undefined) throw new Error('no snapshot to combine');
  return {
    index: {
      ...latest,
      window: { from: Math.min(...byAge.map(startOf)), to: Math.max(...byAge.map(endOf)) },
      clocks: byAge.flatMap((snapshot) => snapshot.index.clocks.filter(({ node }) => stands(node, snapshot))),
      entries: [...owner.keys()],
      gaps: byAge.flatMap((snapshot) => snapshot.index.gaps.filter(({ scope }) => stands(scope.node, snapshot))),
    },
    text: (entry) => owner.get(entry)?.text(entry) ?? '',
  };
}

const startOf = ({ index }: Snapshot): number => index.window?.from ?? 0;
const endOf = ({ index }: Snapshot): number => index.window?.to ?? 0;

/** What a snapshot speaks of: its nodes, and the cluster as each of them saw it. */
const nodesIn = ({ index }: Snapshot): ReadonlySet<string> => new Set([...index.entries, ...index.gaps].map(({ scope }) => scope.node));
