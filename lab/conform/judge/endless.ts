import type { ModelOutcome, ModelWalk } from '../stage/model.ts';
import type { Seen } from '../stage/wire.ts';
import { looked, type Sighted, sighted } from './sightings.ts';

/**
 * What an outcome of the model and a packet that never came to its end do not agree on: one of its ways, or of the answers to it, must
 * go in circles by more than its TTL, and by the same devices. Copies cross each other: the order in which they were seen says nothing.
 */
export function endlessDifferences({ walks }: ModelOutcome, seen: readonly Seen[]): readonly string[] {
  const endless = looked(walks).filter(({ walk }) => isEndless(walk));
  if (endless.length === 0) return ['it goes in circles without an end, in the model it comes to one'];
  const tried = endless.map(({ walk, look }) => {
    const same = sighted(seen).find((one) => one.look === look);
    const [model, kernel] = [placesOfWalk(walk), same === undefined ? new Set<string>() : placesSeen(same)];
    return [
      ...[...model]
        .filter((place) => !kernel.has(place))
        .map((place) => `the model's circle of ${look} goes by ${place}, the kernel's does not`),
      ...[...kernel]
        .filter((place) => !model.has(place))
        .map((place) => `the kernel's circle of ${look} goes by ${place}, the model's does not`),
    ];
  });
  return tried.find((differs) => differs.length === 0) ?? tried[0] ?? [];
}

/** A circle that its TTL ends is told by that (net/ipv4/ip_forward.c ip_forward). */
const isEndless = ({ disposition, code }: ModelWalk): boolean => disposition === 'looped' && code !== 'IP_INHDR';

const placesOfWalk = ({ path }: ModelWalk): ReadonlySet<string> =>
  new Set(
    path
      .flatMap(([namespace, into, out]) => (into === null && out === null ? [] : [`${into ?? ''}>${namespace}>${out ?? ''}`]))
      .slice(0, -1),
  );

/** All visits but the last, which may have been cut off. */
const placesSeen = ({ visits }: Sighted): ReadonlySet<string> =>
  new Set(visits.slice(0, -1).map(({ namespace, in: into, out }) => `${into ?? ''}>${namespace}>${out ?? ''}`));
