import type { Clock } from '#snapshot/snapshot';

/** Captures further apart than this may show two states of one cluster. */
const APART_MS = 10 * 60_000;

const duration = (ms: number): string => (ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`);

/** What the nodes' clocks say of how the captures fit together; nothing when all is well. */
export function clockNotes(clocks: readonly Clock[]): readonly string[] {
  const firsts = new Map<string, Clock>();
  for (const clock of clocks) {
    const known = firsts.get(clock.node);
    if (known === undefined || clock.look < known.look) firsts.set(clock.node, clock);
  }
  const inOrder = [...firsts.values()].sort((one, other) => one.wall - other.wall);
  const [earliest, latest] = [inOrder[0], inOrder.at(-1)];
  if (earliest === undefined || latest === undefined || latest.wall - earliest.wall < APART_MS) return [];
  const apart = duration(latest.wall - earliest.wall);
  return [
    `${earliest.node} and ${latest.node} were captured ${apart} apart by their own clocks: either not at one time, or a clock is wrong`,
  ];
}
