import { measure, type Sighting } from '../probe/probe.ts';
import type { Probe } from '../vocabulary.ts';
import { locate, netnsPath } from './place.ts';
import type { World } from './world.ts';

/** Sends probes from their places in a world, all at once. */
export function measureIn(world: World, probes: readonly Probe[], waitMs?: number): Promise<readonly Sighting[]> {
  return measure(
    probes.map((probe) => ({ ...probe, netns: netnsPath(locate(probe.from, world.cluster, world.holders)) })),
    waitMs,
  );
}
