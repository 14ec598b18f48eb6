import { GUEST_AREAS } from '../conform/draw/construct.ts';
import type { Wish } from '../conform/draw-jobs.ts';
import type { Job } from '../conform/job.ts';
import { keptScenes } from '../conform/kept.ts';

/** Scenes that share a capture, and packets of each: a capture takes a translated processor seconds. */
const SCENES = 3;
const PACKETS = 370;
/** Rules of each scene that are left out in turn, at most: the model stays outside, and is fast. */
const REMOVALS = 48;

/** What was kept of a guest's areas comes first; then the areas take turns as long as packets are wanted and time is left; in every second job things change before the third step. So few packets are aimed at rules, or most rules would meet none. */
export function drawGuestJobs({ seed, packets, areas, until }: Wish): () => Job | undefined {
  let [number, turn, left] = [0, 0, packets];
  const kept = keptScenes().filter(({ scene }) => GUEST_AREAS.some((area) => area === scene.area));
  return () => {
    const again = kept.splice(0, SCENES);
    if (again.length > 0) return { scenes: again.map(({ name, scene }) => ({ kept: name, scene })), removals: 0 };
    if (left <= 0 || performance.now() > until) return undefined;
    const changes = turn++ % 2 === 1 ? { changes: 2 } : {};
    const scenes = Array.from({ length: SCENES }, () => {
      left -= PACKETS;
      const area = areas[number % areas.length] ?? 'link';
      return { area, seed: `${seed}.${number++}+aim`, packets: PACKETS, ...changes };
    });
    return { scenes, removals: REMOVALS };
  };
}
