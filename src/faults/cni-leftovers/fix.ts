import { deleteRoute } from '#actions/route/preview';
import { setCniConfigAside } from '#actions/cni-config/preview';
import type { Plan } from '#engine/plan';
import type { LeftoverConfig } from '#intent/leftovers/configurations';
import type { LeftoverRoute } from '#intent/leftovers/routes';
import { onNode } from '#snapshot/scope';
import type { Seen } from '#snapshot/seen';
import type { Configuration } from './text-configuration.ts';
import type { Routes } from './text-routes.ts';

/** All routes of the earlier plugin go; its devices, files and chains harm nobody and are left to a person. */
export const routesFix = ({ node, plugin, running }: Routes, left: readonly LeftoverRoute[]): Plan => ({
  steps: left.filter((one) => one.plugin === plugin).map(({ route }) => deleteRoute(onNode(node), route)),
  blast: {
    en: `packets of ${node} for these prefixes take the routes of ${running}; nothing else used the old ones`,
    zh: `${node} 上发往这些网段的报文改走 ${running} 的路由，不影响其他流量`,
  },
  lasting: {
    en: `take the rest of ${plugin} away on every node: its files in /etc/cni/net.d (the kubelet takes the first by name for new pods), its devices (ip link del vxlan.calico; modprobe -r ipip; ip link del flannel.1 cni0), its chains and sets; pods that were made by it keep its addresses until they are made anew. A reboot clears what is not in a file`,
    zh: `在所有节点上清理 ${plugin} 的其余残留：/etc/cni/net.d 中的配置（kubelet 按文件名取第一个创建新 Pod）、设备（ip link del vxlan.calico；modprobe -r ipip；ip link del flannel.1 cni0）、iptables 链与 ipset；由旧 CNI 创建的 Pod 需重建。重启节点可清除未写入文件的残留`,
  },
});

/** All files of the earlier plugin that come first are put aside; pods that were made by them are a person's to make anew. */
export const configsFix = ({ node, plugin, running }: Configuration, left: Seen<readonly LeftoverConfig[]>): Plan => ({
  steps: (left.is === 'seen' ? left.value : [])
    .filter((one) => one.plugin === plugin)
    .map(({ file }) => setCniConfigAside(onNode(node), file.path)),
  blast: {
    en: `pods that start on ${node} from now on get the network of ${running}; those that run are not touched`,
    zh: `${node} 上此后创建的 Pod 接入 ${running} 的网络，运行中的 Pod 不受影响`,
  },
  lasting: {
    en: `delete the files of ${plugin} on every node, and see that no DaemonSet of its own writes them again; pods that were made meanwhile have addresses of ${plugin}: delete them, so that they are made anew`,
    zh: `在所有节点删除 ${plugin} 的配置文件，并确认没有它的 DaemonSet 再次写入；期间创建的 Pod 使用的是 ${plugin} 的地址，需删除重建`,
  },
});
