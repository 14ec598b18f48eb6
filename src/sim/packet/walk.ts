import { netifAbove, netifReceive } from './device/receive.ts';
import { transmit } from './device/transmit.ts';
import { deliver } from './ip/deliver.ts';
import { forward } from './ip/forward.ts';
import { localOut, output, postrouting } from './ip/output.ts';
import { receive, route } from './ip/receive.ts';
import { neighbour } from './neighbour/neighbour.ts';
import type { End, Next } from './next.ts';
import type { Run } from './run.ts';

/** Walks a packet to its end. Of several copies the one counts that gets farthest. */
export function walk(run: Run, start: Next): End {
  let next = start;
  for (;;) {
    if (next.stage === 'end') return next;
    next = next.stage === 'copies' ? farthest(next.of.map((copy) => walk(run, copy))) : step(run, next);
  }
}

function step(run: Run, next: Exclude<Next, End | { stage: 'copies' }>): Next {
  switch (next.stage) {
    case 'output':
      return output(run, next.skb);
    case 'local out':
      return localOut(run, next.skb);
    case 'postrouting':
      return postrouting(run, next.skb);
    case 'neighbour':
      return neighbour(run, next.skb);
    case 'transmit':
      return transmit(run, next.skb, next.link);
    case 'receive':
      return netifReceive(run, next.skb, next.link, next.cast);
    case 'above':
      return netifAbove(run, next.skb, next.link);
    case 'ip':
      return receive(run, next.skb, next.link);
    case 'route':
      return route(run, next.skb);
    case 'forward':
      return forward(run, next.skb);
    case 'deliver':
      return deliver(run, next.skb);
  }
}

/** How far a copy got: taken, ended by who it was for, not known, left, or only seen by others. */
function rank({ disposition, reason }: End): number {
  if (disposition === 'delivered' || disposition === 'no listener') return 0;
  if (reason.code === 'OTHERHOST') return 4;
  if (disposition === 'left the model') return 3;
  return disposition === 'unknown' ? 2 : 1;
}

function farthest(ends: readonly End[]): End {
  const best = ends.toSorted((one, other) => rank(one) - rank(other))[0];
  if (best === undefined) throw new Error('copies of nothing');
  return best;
}
