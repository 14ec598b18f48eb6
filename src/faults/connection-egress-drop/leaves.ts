import type { Answered, Check } from '#engine/check';
import { endText } from '#engine/ask';
import { endsOf } from '#engine/invariants/connections';
import type { World } from '#dataplane/world';
import type { TracedOutcome } from '#sim/packet/outcome';
import { ownWay } from '#sim/plane/connection/own-way';
import type { Looked } from '#sim/plane/connection/silence';
import { scopeText } from '#snapshot/scope';

/** Whether a connection's packet ends in vain in the namespace that it begins in. */
export const endsInside = ({ works, at, hops }: TracedOutcome, { scope }: Looked): boolean =>
  works === 'no' && hops.length <= 1 && at.node === scope.node && at.netns === scope.netns;

/** Whether a connection's packets leave its namespace: what its own machine answers for, wherever the peer is. */
export function leaves(looked: Looked): Check {
  const ends = `${scopeText(looked.scope)} ${endsOf(looked)}`;
  return {
    id: `leaves ${ends}`,
    kind: 'connection',
    from: 'invariant',
    says: { en: `packets of ${ends} leave their machine`, zh: `${ends} 的报文能离开本机` },
    ask: (world) => answer(world, looked),
  };
}

function answer(world: World, looked: Looked): Answered {
  const { outcomes, complete } = ownWay(world, looked);
  const inside = outcomes.find((one) => endsInside(one, looked));
  const gaps = outcomes
    .filter(({ hops, disposition }) => hops.length <= 1 && disposition === 'unknown')
    .flatMap(({ reason }) => reason.gap ?? []);
  const result = inside !== undefined ? 'fail' : gaps.length > 0 || !complete ? 'unknown' : 'pass';
  return { result, outcomes, gaps, probability: null, says: inside === undefined ? 'they leave' : endText(inside) };
}
