import { addRoute, deleteRoute, replaceRoute } from '#actions/route/preview';
import type { Plan } from '#engine/plan';
import type { FactOf } from '#facts/kinds';
import { intendedRoute } from '#intent/flannel/peer-route';
import type { Tunnel } from '#intent/flannel/tunnel';
import { onNode } from '#snapshot/scope';

/** The route as flannel means it: in the place of the wrong one, or uncovered by deleting a longer prefix. */
export function fix(tunnel: Tunnel, wrong: FactOf<'route'>, hasOwn: boolean): Plan {
  const { from, to, lease } = tunnel;
  const scope = onNode(from);
  const intended = intendedRoute(tunnel);
  const same = wrong.to === lease.subnet && (wrong.metric ?? 0) === 0;
  const steps =
    intended === undefined
      ? []
      : same
        ? [replaceRoute(scope, intended)]
        : [deleteRoute(scope, wrong), ...(hasOwn ? [] : [addRoute(scope, intended)])];
  return {
    steps,
    ...(steps.length === 0
      ? { manual: { en: `restart flanneld on ${from}: it replaces the route`, zh: `重启 ${from} 上的 flanneld，它会覆盖该路由` } }
      : {}),
    blast: { en: `only packets from ${from} to the pods of ${to}`, zh: `只影响 ${from} 发往 ${to} 上 Pod 的流量` },
    lasting: {
      en: 'find who made the route: `ip -d route` shows its protocol; look into static routes, VPN and cloud agents, an earlier CNI',
      zh: '查清路由来源：`ip -d route` 会显示 proto；检查静态路由配置、VPN、云平台代理、旧的 CNI',
    },
  };
}
