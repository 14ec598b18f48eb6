import type { World } from '#dataplane/world';
import type { TracedOutcome } from '#sim/packet/outcome';
import { type Flow, trace } from '#sim/packet/trace';
import { endText } from '../ask.ts';
import type { ByPath } from './by-path.ts';
import type { ReachEnd } from './end.ts';
import { outsidePath } from './outside.ts';
import type { AskedPort } from './policy-side.ts';

const PROTOCOLS = { TCP: 'tcp', UDP: 'udp', SCTP: 'sctp' } as const;

/** Walks a pair's packets there and back. */
export function byPath(world: World, from: ReachEnd, to: ReachEnd, asked: AskedPort): ByPath {
  const outside =
    from.kind === 'address' && from.scope === null && from.address !== null ? outsidePath(world, from.address, to, asked) : null;
  if (outside !== null) return outside;
  if (from.scope === null || world.stack(from.scope) === undefined)
    return unwalked(`${from.name} was not captured: nothing can be sent from it`);
  if (to.address === null) return unwalked(`${to.name} has no address that is known`);
  const flow: Flow = {
    from: from.scope,
    to: to.address,
    protocol: asked === null ? 'icmp' : PROTOCOLS[asked.protocol],
    ...(asked === null ? {} : { port: asked.port }),
  };
  const { outcomes, complete } = trace(world, flow);
  return { ...judged(outcomes, complete), flow };
}

const unwalked = (says: string): ByPath => ({ is: 'unknown', failing: null, says, flow: null, shown: null });

function judged(outcomes: readonly TracedOutcome[], complete: boolean): Omit<ByPath, 'flow'> {
  const failing = outcomes.filter(({ works }) => works === 'no');
  const [unknown] = outcomes.filter(({ works }) => works === 'unknown');
  const [first] = failing;
  if (first !== undefined && failing.length === outcomes.length) return { is: 'no', failing: 1, says: endText(first), shown: first };
  if (first !== undefined) {
    const weights = failing.map(({ probability }) => probability);
    const share = weights.includes(null) ? null : weights.reduce<number>((sum, one) => sum + (one ?? 0), 0);
    return { is: 'partly', failing: share, says: endText(first), shown: first };
  }
  if (unknown !== undefined) return { is: 'unknown', failing: null, says: endText(unknown), shown: unknown };
  if (!complete || outcomes.length === 0) return { is: 'unknown', failing: null, says: 'more ways than can be walked', shown: null };
  return { is: 'yes', failing: 0, says: 'the answer comes back', shown: outcomes[0] ?? null };
}
