import type { OnNodes } from './capturing.ts';
import { residentOn } from './product.ts';
import type { Resident } from './resident.ts';
import type { World } from './world/world.ts';

/** Longer than any command line may take. */
const LIMIT_MS = 120_000;

/** The product on the nodes of one world, a process each that stays as long as its node. */
export function productOn(world: World): OnNodes {
  const started = new Map<string, Resident>();
  return (node, args) => {
    const resident = started.get(node.name) ?? residentOn(world, node);
    started.set(node.name, resident);
    return resident.run(args, LIMIT_MS);
  };
}
