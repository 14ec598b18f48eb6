import { diagnose } from '#engine/diagnose';
import type { Fault } from '#engine/fault';
import { invariants } from '#engine/invariants';
import { lookAt } from '#engine/look';
import type { Facts } from '#facts/facts';
import { faults } from '#faults/faults';
import { openSnapshots } from '#cli/open';
import { breaks } from '#testing/breaks';
import { recordedCaptures, smallWorld } from '#testing/small-world';
import { cluster } from '#testing/world-builder';
import { type Figure, medianMs } from './measure.ts';

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

/** A cluster of facts as large as asked for, with a stale VTEP MAC that every peer follows. */
export const largeFigures = (nodes: number, podsPerNode: number): readonly Figure[] => [
  figure(`${nodes}×${podsPerNode}`, breaks['stale MAC of D'].make(cluster({ nodes, podsPerNode })).facts, 1),
];
