import { everyNode } from '#engine/every-node';
import { defineFault } from '#engine/fault';
import { absent, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { View } from '#engine/view';
import { leftoverConfigs } from '#intent/leftovers/configurations';
import { leftoverPods } from '#intent/leftovers/pods';
import { leftoverRoutes } from '#intent/leftovers/routes';
import { configsFix, routesFix } from './fix.ts';
import { configsRuling, ownNetwork } from './old-configs.ts';
import { podsRuling } from './old-pods.ts';
import { routesRuling } from './old-routes.ts';
import { podsFix } from './remade-pods.ts';
import text, { type Found } from './text.ts';

type Node = Extract<Subject, { kind: 'node' }>;

/** What packets take now is looked at first, then what new pods will get. */
function ruling(node: string, view: View): Ruling<Found> {
  const left = leftoverRoutes(view.facts, node);
  if (left.is === 'gap') return unknown(left.gap);
  const byRoutes = left.value.length === 0 ? absent(left.origins) : routesRuling(node, view, left.value);
  if (byRoutes.is !== 'absent') return byRoutes;
  const pods = leftoverPods(view.facts, node);
  if (pods.is === 'gap') return unknown(pods.gap);
  const byPods = pods.value.length === 0 ? byRoutes : podsRuling(node, view, pods.value);
  return byPods.is === 'absent' ? configsRuling(node, view, byPods) : byPods;
}

/** What an earlier pod network left, and that still stands: routes that win over its own, pods with old addresses, configurations for new pods. */
export default defineFault<Node, Found>({
  id: 'cni-leftovers',
  is: {
    en: 'routes, pods or configurations that an earlier pod network left',
    zh: '旧的 Pod 网络残留的路由、Pod 或配置',
  },
  area: 'node',
  severity: 'error',
  needs: ['route', 'process', 'link', 'address', 'lease', 'subnet-env', 'cni-config'],
  lookAlikes: ['route-wrong-next-hop', 'route-blackhole', 'address-range-overlap', 'pod-route-missing', 'pod-bridge-outside-lease'],
  subjects: ({ facts }) => everyNode(facts),
  judge: ({ node }, view) => ruling(node, view),
  asks: ({ node }) => [ownNetwork(node)],
  texts: text,
  fix: ({ node }, params, { facts }) => {
    if (params.left === 'configuration') return configsFix(params, leftoverConfigs(facts, node));
    if (params.left === 'pods') {
      const pods = leftoverPods(facts, node);
      return podsFix(params, pods.is === 'seen' ? pods.value : [], facts);
    }
    const left = leftoverRoutes(facts, node);
    return routesFix(params, left.is === 'seen' ? left.value : []);
  },
});
