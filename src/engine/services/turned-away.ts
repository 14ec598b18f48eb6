import type { Ending, View } from '../view.ts';
import type { FactOf } from '#facts/kinds';
import { answerOf, isKeptOut } from '#intent/kube-proxy/answers';
import { type Front, frontsOf } from '#intent/kube-proxy/fronts';

/** A failing way that a node ended as the Service asks for: it has no endpoint of its own, or the sender is in no source range. */
export type TurnedAway = {
  readonly node: string;
  readonly front: Front;
  readonly ending: Ending;
  readonly because: 'no local endpoint' | 'no source range';
};

/** The failing questions that died at a front of the Service where its policy has the node drop them. */
export function turnedAway(service: FactOf<'service'>, view: View): readonly TurnedAway[] {
  return view.facts.nodes().flatMap((node) => {
    const fronts = frontsOf(view.facts, node);
    const own = fronts.is === 'gap' ? [] : fronts.value.filter((front) => front.service === service && front.kind !== 'cluster IP');
    return own.flatMap((front) =>
      view.endings(node).flatMap((ending): readonly TurnedAway[] => {
        if (!isOf(ending, view, node, front)) return [];
        return [{ node, front, ending, because: isKeptOut(front, ending.walk.received.source) ? 'no source range' : 'no local endpoint' }];
      }),
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
