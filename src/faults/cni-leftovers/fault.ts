import { everyNode } from '#engine/every-node';
import { defineFault } from '#engine/fault';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { Ending, View } from '#engine/view';
import { route as routeKind } from '#facts/route/route';
import { routeWords } from '#actions/route/preview';
import { type LeftoverRoute, leftoverRoutes } from '#intent/leftovers/routes';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

type Node = Extract<Subject, { kind: 'node' }>;

/** The failing ways that took a route on the node. */
const taking = (view: View, node: string, { route }: LeftoverRoute): readonly Ending[] => {
  const key = routeKind.key(route);
  return view.endings().filter(({ walk }) => {
    const steps = walk.hops.filter(({ at }) => at.node === node && at.netns === '').flatMap((hop) => hop.steps.flatMap(({ by }) => by));
    return [...steps, ...walk.reason.by].some(
      (one) => one.kind === 'route' && one.scope.node === node && one.scope.netns === '' && one.key === key,
    );
  });
};

function ruling(node: string, view: View, left: readonly LeftoverRoute[]): Ruling<Found> {
  for (const one of left) {
    const [ending] = taking(view, node, one);
    if (ending === undefined) continue;
    const { plugin, running, route } = one;
    const same = left.filter((other) => other.plugin === plugin);
    const words = { route: routeWords(route).join(' '), routes: same.length, to: ending.walk.received.destination };
    return found({ node, plugin, running, ...words }, [
      route,
      ...same
        .map((other) => other.route)
        .filter((other) => other !== route)
        .slice(0, 3),
    ]);
  }
  return absent(left.slice(0, 5).map(({ route }) => route));
}

/** Routes of an earlier pod network that still win over those of the one that runs. */
export default defineFault<Node, Found>({
  id: 'cni-leftovers',
  area: 'node',
  severity: 'error',
  needs: ['route', 'process', 'link'],
  lookAlikes: ['route-wrong-next-hop', 'route-blackhole', 'address-range-overlap', 'pod-route-missing', 'pod-bridge-outside-lease'],
  subjects: ({ facts }) => everyNode(facts),
  judge: ({ node }, view) => {
    const left = leftoverRoutes(view.facts, node);
    if (left.is === 'gap') return unknown(left.gap);
    return left.value.length === 0 ? absent(left.origins) : ruling(node, view, left.value);
  },
  texts: text,
  fix: ({ node }, params, { facts }) => {
    const left = leftoverRoutes(facts, node);
    return fix(params, left.is === 'seen' ? left.value : []);
  },
});
