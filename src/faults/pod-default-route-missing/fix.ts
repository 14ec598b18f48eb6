import { addRoute } from '#actions/route/preview';
import type { Plan } from '#engine/plan';
import type { PodPlace } from '#engine/pods';
import { plainRoute } from '#facts/route/own-routes';
import { everything } from '#net/cidr';
import type { Found } from './text.ts';

/** The bridge's own address is the pods' gateway. */
export function fix({ pod, device }: Found, { scope, gateway }: PodPlace): Plan {
  const hops = gateway === undefined ? [] : [{ dev: device, via: gateway, onlink: false, weight: 1, dead: false }];
  return {
    steps: gateway === undefined ? [] : [addRoute(scope, plainRoute(everything(4), device, { hops }))],
    ...(gateway === undefined
      ? { manual: { en: `delete ${pod}: the CNI makes it anew with its routes`, zh: `删除 ${pod}，由 CNI 连同路由一起重建` } }
      : {}),
    blast: { en: `only ${pod}`, zh: `只影响 ${pod}` },
    lasting: {
      en: 'look for containers with NET_ADMIN that change routes, and for a second network that takes the default route',
      zh: '检查带 NET_ADMIN 权限、会改路由的容器，以及抢占默认路由的第二网络',
    },
  };
}
