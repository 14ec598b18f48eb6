import type { Facts } from '#facts/facts';
import type { World } from '#dataplane/world';
import { type Front, frontsOf } from '#intent/kube-proxy/fronts';
import type { View } from '../view.ts';
import type { Deviating } from './deviation.ts';
import { compare } from './deviations.ts';

/** The cluster addresses that failing questions of a node were for. */
export function failingFronts(view: View, node: string): readonly Front[] {
  const asked = new Set(
    view.checks.flatMap(({ answered, flow }) =>
      flow !== undefined && flow.from.node === node && answered.result === 'fail' ? [`${flow.to} ${flow.port} ${flow.protocol}`] : [],
    ),
  );
  if (asked.size === 0) return [];
  const fronts = frontsOf(view.facts, node);
  return fronts.is === 'gap' ? [] : fronts.value.filter(({ address, port, protocol }) => asked.has(`${address} ${port} ${protocol}`));
}

/** How a node's rules differ at a front from what its objects ask for, for its pods or else for itself. */
export function deviatingAt(world: World, node: string, front: Front): readonly Deviating[] {
  const byPod = compare(world, node, front, { is: 'pod' }).deviations;
  return byPod.length > 0 ? byPod : compare(world, node, front, { is: 'node' }).deviations;
}

/** The other captured nodes whose rules are right at a front. */
export const rightElsewhere = (facts: Facts, world: World, node: string, front: Front): readonly string[] =>
  facts.nodes().filter((other) => other !== node && isRight(world, other, front));

function isRight(world: World, node: string, front: Front): boolean {
  const compared = compare(world, node, front, { is: 'pod' });
  return compared.programmed !== null && compared.gaps.length === 0 && compared.deviations.length === 0;
}
