import { addRoute } from '#actions/route/preview';
import type { Plan } from '#engine/plan';
import { intendedRoute } from '#intent/flannel/peer-route';
import type { Tunnel } from '#intent/flannel/tunnel';
import { onNode } from '#snapshot/scope';

/** The route that flanneld would program. */
export function fix(tunnel: Tunnel): Plan {
  const route = intendedRoute(tunnel);
  const { from, to } = tunnel;
  return {
    steps: route === undefined ? [] : [addRoute(onNode(from), route)],
    ...(route === undefined
      ? {
          manual: {
            en: `restart flanneld on ${from}: it adds the routes of all leases`,
            zh: `重启 ${from} 上的 flanneld，它会重新写入所有租约的路由`,
          },
        }
      : {}),
    blast: { en: `only packets from ${from} to the pods of ${to}`, zh: `只影响 ${from} 发往 ${to} 上 Pod 的流量` },
    lasting: {
      en: 'keep the network service from removing routes that it does not know: ManageForeignRoutes=no (systemd-networkd), unmanaged-devices=interface-name:flannel* (NetworkManager)',
      zh: '避免网络服务清理不认识的路由：systemd-networkd 设置 ManageForeignRoutes=no，NetworkManager 设置 unmanaged-devices=interface-name:flannel*',
    },
  };
}
