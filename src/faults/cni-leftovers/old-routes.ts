import { routeWords } from '#actions/route/preview';
import { absent, found, type Ruling } from '#engine/ruling';
import type { Ending, View } from '#engine/view';
import { route as routeKind } from '#facts/route/route';
import type { LeftoverRoute } from '#intent/leftovers/routes';
import type { Routes } from './text-routes.ts';

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

/** Whether a failing way took one of the routes that were left. */
export function routesRuling(node: string, view: View, left: readonly LeftoverRoute[]): Ruling<Routes> {
  for (const one of left) {
    const [ending] = taking(view, node, one);
    if (ending === undefined) continue;
    const { plugin, running, route } = one;
    const same = left.filter((other) => other.plugin === plugin);
    const words = { route: routeWords(route).join(' '), routes: same.length, to: ending.walk.received.destination };
    return found({ left: 'routes', node, plugin, running, ...words }, [
      route,
      ...same
        .map((other) => other.route)
        .filter((other) => other !== route)
        .slice(0, 3),
    ]);
  }
  return absent(left.slice(0, 5).map(({ route }) => route));
}
