import type { Packet } from '../packet.ts';
import { type Answer, opposite } from './context.ts';
import { type Range, within } from './numbers.ts';

/** Whether a packet's port is in one of some ranges. */
export const portIn = (packet: Packet, end: 'sourcePort' | 'destinationPort', ranges: readonly Range[]): Answer =>
  withinSome(packet[end], end === 'sourcePort' ? packet.drawn?.source : packet.drawn?.destination, ranges);

/** Whether a port is in one of some ranges; of one that was drawn, how many of those that it may be are. */
export function withinSome(port: number, drawn: Range | undefined, ranges: readonly Range[]): Answer {
  if (drawn === undefined) return ranges.some((range) => within(port, range));
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
