import type { Scene } from '../draw/scene.ts';
import { lookOf } from '../judge/sightings.ts';
import type { Stage } from '../stage/raise.ts';
import type { Seen } from '../stage/wire.ts';

/** What a scene's devices are called on its stage. */
type Staged = { readonly scene: Pick<Scene, 'layout'>; readonly stage: Pick<Stage, 'name'> };

const isTapped = ({ how }: Seen): boolean => how !== 'socket';
const cameIn = (one: Seen): boolean => isTapped(one) && one.how !== 'out';
const placeOf = ({ in: namespace, device }: Pick<Seen, 'in' | 'device'>): string => `${namespace} ${device}`;

/** What comes in by a device of another namespace is seen there and above it at one time (net/core/dev.c another_round): there first. */
export function parentsFirst(seen: readonly Seen[], { scene, stage }: Staged): readonly Seen[] {
  const parents = new Map<string, string>(
    scene.layout.namespaces.flatMap(({ name, devices }) =>
      devices.flatMap(({ name: device, parent }) =>
        parent === undefined ? [] : [[`${stage.name(name)} ${device}`, `${stage.name(parent.namespace)} ${parent.device}`] as const],
      ),
    ),
  );
  if (parents.size === 0) return seen;
  const ordered = [...seen];
  for (const [at, one] of ordered.entries()) {
    const next = ordered.findIndex((other, later) => later > at && isTapped(other) && lookOf(other.header) === lookOf(one.header));
    const above = ordered[next];
    if (above === undefined || !cameIn(one) || !cameIn(above) || parents.get(placeOf(one)) !== placeOf(above)) continue;
    ordered.splice(next, 1);
    ordered.splice(at, 0, above);
  }
  return ordered;
}
