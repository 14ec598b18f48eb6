import type { Packet } from '../packet.ts';
import { type Answer, opposite } from './context.ts';
import { type Range, within } from './numbers.ts';

/** Whether a port is in one of some ranges; of a port that was drawn, how many of those that it may be are. */
export function portIn(packet: Packet, end: 'sourcePort' | 'destinationPort', ranges: readonly Range[]): Answer {
  const drawn = end === 'sourcePort' ? packet.drawn?.source : packet.drawn?.destination;
  if (drawn === undefined) return ranges.some((range) => within(packet[end], range));
  const [from, to] = drawn;
  const many = ranges.reduce((sum, [low, high]) => sum + Math.max(0, Math.min(to, high) - Math.max(from, low) + 1), 0);
  const all = to - from + 1;
  return many <= 0 ? false : many >= all ? true : { probability: many / all };
}

/** Whether one of two answers holds that do not depend on each other. */
export function eitherOf(one: Answer, other: Answer): Answer {
  if (one === true || other === true) return true;
  if (one === false) return other;
  if (other === false || 'gap' in one) return one;
  return 'gap' in other ? other : opposite({ probability: (1 - one.probability) * (1 - other.probability) });
}
