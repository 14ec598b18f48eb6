import { setLinkUp } from '#actions/link/preview';
import { addRoute } from '#actions/route/preview';
import type { Plan } from '#engine/plan';
import type { PodPlace } from '#engine/pods';
import type { Facts } from '#facts/facts';
import { plainRoute } from '#facts/route/own-routes';
import { everything } from '#net/cidr';
import { onNode } from '#snapshot/scope';
import type { Found } from './text.ts';

/** Whether the pod has a default route, which a device that goes down takes along. */
function hasDefault(facts: Facts, { scope }: PodPlace): boolean {
  const routes = facts.seen('route', scope);
  return routes.is === 'seen' && routes.value.some(({ table, to }) => table === 'main' && to === '0.0.0.0/0');
}

/** Sets the end up that is down; inside the pod its default route comes back too. */
export function fix({ node, device, end, pod }: Found, place: PodPlace, facts: Facts): Plan {
  const { scope, gateway } = place;
  const hops = gateway === undefined ? [] : [{ dev: device, via: gateway, onlink: false, weight: 1, dead: false }];
  const route =
    end === 'pod' && gateway !== undefined && !hasDefault(facts, place)
      ? [addRoute(scope, plainRoute(everything(4), device, { hops }))]
      : [];
  return {
    steps: [setLinkUp(end === 'pod' ? scope : onNode(node), device), ...route],
    blast: { en: `only ${pod}`, zh: `只影响 ${pod}` },
    lasting: {
      en: 'keep network managers away from veth devices: NetworkManager `unmanaged-devices=interface-name:veth*`; deleting the pod also makes a fresh veth',
      zh: '不要让网络管理程序接管 veth：NetworkManager 设置 `unmanaged-devices=interface-name:veth*`；删除 Pod 重建也会得到新的 veth',
    },
  };
}
