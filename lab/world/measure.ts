import { measure, type Sighting } from '../probe/probe.ts';
import type { Probe } from '../vocabulary.ts';
import { locate, netnsPath } from './place.ts';
import type { World } from './world.ts';

/** Sends probes from their places in a world, all at once; of one that is sent several times, the worst is told. */
export async function measureIn(world: World, probes: readonly Probe[], waitMs?: number): Promise<readonly Sighting[]> {
  const each = probes.flatMap((probe, at) => Array.from({ length: probe.times ?? 1 }, () => ({ probe, at })));
  const placed = each.map(({ probe }) => ({ ...probe, netns: netnsPath(locate(probe.from, world.cluster, world.holders)) }));
  const seen = await measure(placed, waitMs);
  return probes.map((_, at): Sighting => {
    const own = seen.filter((__, index) => each[index]?.at === at);
    const missed = own.filter(({ observed }) => observed !== 'answers');
    const [first = { observed: 'silence', how: 'not sent', afterMs: 0 }] = missed.length > 0 ? missed : own;
    const others = missed.length > 0 ? `, others: ${first.how}` : '';
    return own.length > 1 ? { ...first, how: `${own.length - missed.length} of ${own.length} answered${others}` } : first;
  });
}
