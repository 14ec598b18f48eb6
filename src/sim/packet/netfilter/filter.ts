import type { End } from '../next.ts';
import type { Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import { inEitherOrder, isSameEnd } from './either-order.ts';
import type { Registrants, Station } from './order.ts';
import type { At } from './place.ts';
import { pass } from './station.ts';

/** All that filters at one priority. */
export const filtered = (run: Run, skb: Skb, at: At, registrants: Registrants): Skb | End =>
  inEitherOrder<Skb | End>(run, skb, at, registrants, {
    through: (stations) => inTurn(run, skb, at, stations),
    skbIn: (next) => ('stage' in next ? next.skb : next),
    withSkb: (next, now) => ('stage' in next ? { ...next, skb: now } : now),
    isSame: (one, other) => ('stage' in one && 'stage' in other ? isSameEnd(one, other) : 'stage' in one === 'stage' in other),
  });

function inTurn(run: Run, skb: Skb, at: At, stations: readonly Station[]): Skb | End {
  let now = skb;
  for (const station of stations) {
    const next = pass(run, now, at, station);
    if ('stage' in next) return next;
    now = next;
  }
  return now;
}
