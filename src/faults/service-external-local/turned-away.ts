import type { Ending, View } from '#engine/view';
import type { FactOf } from '#facts/kinds';
import { answerOf } from '#intent/kube-proxy/answers';
import { type Front, frontsOf } from '#intent/kube-proxy/fronts';

/** A failing way that a node ended because it has no endpoint of its own for clients outside. */
export type TurnedAway = { readonly node: string; readonly front: Front; readonly ending: Ending };

/** Whether traffic from outside can come to a Service that binds it to the node's own endpoints. */
export const bindsToNode = ({ policy, type }: FactOf<'service'>): boolean =>
  policy !== undefined &&
  policy.external === 'Local' &&
  (type === 'NodePort' || type === 'LoadBalancer' || policy.externalIps.length + policy.loadBalancer.length > 0);

/** The failing questions that died at a front of the Service where its policy has the node drop them. */
export function turnedAway(service: FactOf<'service'>, view: View): readonly TurnedAway[] {
  return view.facts.nodes().flatMap((node) => {
    const fronts = frontsOf(view.facts, node);
    const own = fronts.is === 'gap' ? [] : fronts.value.filter((front) => front.service === service && front.kind !== 'cluster IP');
    return own.flatMap((front) =>
      view.endings(node).flatMap((ending) => (isOf(ending, view, node, front) ? [{ node, front, ending }] : [])),
    );
  });
}

function isOf({ walk, way }: Ending, view: View, node: string, front: Front): boolean {
  const { received, disposition, at } = walk;
  if (way !== 'there' || disposition !== 'dropped' || at.netns !== '') return false;
  if (received.destination !== front.address || received.destinationPort !== front.port || received.protocol !== front.protocol)
    return false;
  const wanted = answerOf(view.facts, node, front, { is: 'outside', address: received.source });
  return wanted.is === 'seen' && wanted.value.is === 'drop';
}
