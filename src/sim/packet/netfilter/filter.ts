import type { End } from '../next.ts';
import type { Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import { inEitherOrder, isSameEnd } from './either-order.ts';
import type { Registrants, Station } from './order.ts';
import type { At } from './place.ts';
import { pass } from './station.ts';

/** Walks one station. */
export type Pass = typeof pass;

/** All that filters at one priority, each by the same way of walking it. */
export const filtered = (run: Run, skb: Skb, at: At, registrants: Registrants, by: Pass = pass): Skb | End =>
  inEitherOrder<Skb | End>(run, skb, at, registrants, {
    through: (stations) => inTurn(run, skb, at, stations, by),
    skbIn: (next) => ('stage' in next ? next.skb : next),
    withSkb: (next, now) => ('stage' in next ? { ...next, skb: now } : now),
    isSame: (one, other) => ('stage' in one && 'stage' in other ? isSameEnd(one, other) : 'stage' in one === 'stage' in other),
  });

function inTurn(run: Run, skb: Skb, at: At, stations: readonly Station[], by: Pass): Skb | End {
  let now = skb;
  for (const station of stations) {
    const next = by(run, now, at, station);
    if ('stage' in next) return next;
    now = next;
  }
  return now;
}
