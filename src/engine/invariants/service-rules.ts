import type { World } from '#dataplane/world';
import type { Facts } from '#facts/facts';
import { type Front, frontNow, frontsOf } from '#intent/kube-proxy/fronts';
import { onNode } from '#snapshot/scope';
import type { Answered, Check } from '../check.ts';
import { deviationText } from '../services/deviation-text.ts';
import { compare, sourcesOf } from '../services/deviations.ts';

/** Up to so many are asked; of more, each node is asked its share of the fronts, so that every front is asked somewhere. */
const MOST = 4000;

/** Each node's rules do at each Service's address what the Service and its EndpointSlices ask for. */
export function serviceRules(facts: Facts): readonly Check[] {
  const all = facts.nodes().map((node) => ({ node, fronts: frontsOf(facts, node) }));
  const count = all.reduce((sum, { fronts }) => sum + (fronts.is === 'gap' ? 0 : fronts.value.length), 0);
  const share = Math.ceil(count / MOST);
  return all.flatMap(({ node, fronts }, place) =>
    fronts.is === 'gap' ? [] : fronts.value.filter((_, index) => index % share === place % share).map((front) => checkOf(node, front)),
  );
}

function checkOf(node: string, front: Front): Check {
  const { name, kind, address, protocol, port } = front;
  const where = `${address}:${port}/${protocol}`;
  return {
    id: `service-rules ${node}→${name} ${where}`,
    kind: 'service-rules',
    from: 'invariant',
    says: {
      en: `the rules of ${node} do at the ${kind} ${where} what the Service ${name} asks for`,
      zh: `${node} 的规则在 ${where} 上与 Service ${name} 的要求一致`,
    },
    flow: { from: onNode(node), to: address, protocol, port },
    ask: (world) => answered(world, node, front),
  };
}

function answered(world: World, node: string, front: Front): Answered {
  const now = frontNow(world.facts, node, front) ?? front;
  const compared = sourcesOf(world.facts, now).map((source) => compare(world, node, now, source));
  const [first] = compared.flatMap(({ deviations }) => deviations);
  const answer = (result: Answered['result'], says: string): Answered => {
    const gaps = result === 'unknown' ? compared.flatMap((one) => one.gaps) : [];
    return { result, says, gaps, outcomes: [], probability: result === 'unknown' ? null : result === 'fail' ? 1 : 0 };
  };
  if (first !== undefined) return answer('fail', deviationText(first));
  const known = compared.filter(({ programmed, gaps }) => programmed !== null && gaps.length === 0);
  return known.length > 0 ? answer('pass', 'they do') : answer('unknown', compared[0]?.gaps[0]?.detail ?? 'nothing was asked');
}
