import { worldOf } from '#dataplane/world';
import { diagnose } from '#engine/diagnose';
import type { Fault } from '#engine/fault';
import { invariants } from '#engine/invariants';
import { lookAt } from '#engine/look';
import { nodeEnds, podEnds, serviceEnds } from '#engine/reach/end';
import { type ReachQuestion, reachMatrix } from '#engine/reach/matrix';
import type { Facts } from '#facts/facts';
import { faults } from '#faults/faults';
import { openSnapshots } from '#cli/open';
import { breaks } from '#testing/breaks';
import { recordedCaptures, smallWorld } from '#testing/small-world';
import { cluster } from '#testing/world-builder';
import { type Figure, medianMs, once } from './measure.ts';

const known: readonly Fault[] = faults as readonly unknown[] as readonly Fault[];

/** A diagnosis; baseline: only asking its checks once, without any fault. */
const figure = (of: string, facts: Facts, repeats: number): Figure => {
  const checks = invariants(facts);
  const found = diagnose(facts, known, checks).findings.map(({ fault, status }) => `${fault.id} ${status}`);
  return {
    of: `${of}: ${found.join() || 'nothing found'}`,
    value: medianMs(() => diagnose(facts, known, checks), repeats),
    unit: 'ms',
    baseline: medianMs(() => lookAt(facts, checks), repeats),
  };
};

/** The lab's recorded captures: reading them, and diagnosing. */
export async function recordedFigures(): Promise<readonly Figure[]> {
  const world = smallWorld();
  const { facts } = await openSnapshots(await recordedCaptures(world, 'broken'), world);
  return [figure("the lab's captures", facts, 3)];
}

/**
 * A cluster of facts as large as asked for, with a stale VTEP MAC that every peer follows: diagnosed as a fresh process does, again
 * as one that stays does, and asked who reaches whom; baseline: asking the checks once more.
 */
export function largeFigures(nodes: number, podsPerNode: number): readonly Figure[] {
  const { facts } = breaks['stale MAC of D'].make(cluster({ nodes, podsPerNode }));
  const run = (): readonly string[] =>
    diagnose(facts, known, invariants(facts)).findings.map(({ fault, status }) => `${fault.id} ${status}`);
  const first = once(run);
  const again = once(run);
  const reach = once(() => reachMatrix(worldOf(facts), everyone(facts)));
  const { ms: baseline } = once(() => lookAt(facts, invariants(facts)));
  const size = `${nodes}×${podsPerNode}`;
  return [
    { of: `${size}: ${first.value.join() || 'nothing found'}`, value: first.ms, unit: 'ms', baseline },
    { of: `${size}, diagnosed again`, value: again.ms, unit: 'ms', baseline },
    { of: `${size}, who reaches whom: ${reach.value.pairs} pairs`, value: reach.ms, unit: 'ms', baseline },
  ];
}

/** What `leadline reach` asks by itself: all pods and nodes, to all pods and Services. */
function everyone(facts: Facts): ReachQuestion {
  const pods = podEnds(facts);
  return { from: [...pods, ...nodeEnds(facts)], to: [...pods, ...serviceEnds(facts)], port: undefined, by: 'both' };
}
