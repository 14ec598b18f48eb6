import type { Clock } from '#snapshot/snapshot';

/** Captures further apart than this may show two states of one cluster. */
const APART_MS = 10 * 60_000;
/** Beyond what a Date header of whole seconds and a slow answer explain. */
const WRONG_MS = 3000;

const duration = (ms: number): string => (ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`);

/** What the nodes' clocks say of how the captures fit together; nothing when all is well. */
export function clockNotes(clocks: readonly Clock[]): readonly string[] {
  const firsts = new Map<string, Clock>();
  for (const clock of clocks) {
    const known = firsts.get(clock.node);
    if (known === undefined || clock.look < known.look) firsts.set(clock.node, clock);
  }
  const all = [...firsts.values()];
  const inOrder = all.sort((one, other) => trueTime(one) - trueTime(other));
  const [earliest, latest] = [inOrder[0], inOrder.at(-1)];
  const wrong = all.flatMap(wrongClock);
  if (earliest === undefined || latest === undefined || trueTime(latest) - trueTime(earliest) < APART_MS) return wrong;
  const apart = duration(trueTime(latest) - trueTime(earliest));
  const isCompared = earliest.aheadMs !== undefined && latest.aheadMs !== undefined;
  const how = isCompared ? "by etcd's clock: they show two states" : 'by their own clocks: either not at one time, or a clock is wrong';
  return [`${earliest.node} and ${latest.node} were captured ${apart} apart ${how}`, ...wrong];
}

/** By etcd's clock where it was asked. */
const trueTime = ({ wall, aheadMs = 0 }: Clock): number => wall - aheadMs;

function wrongClock({ node, aheadMs = 0 }: Clock): readonly string[] {
  if (Math.abs(aheadMs) < WRONG_MS) return [];
  const apart = Math.abs(aheadMs) < 120_000 ? `${Math.round(Math.abs(aheadMs) / 1000)} s` : duration(Math.abs(aheadMs));
  return [`the clock of ${node} is ${apart} ${aheadMs > 0 ? 'ahead of' : 'behind'} etcd's: its logs are that much off`];
}
