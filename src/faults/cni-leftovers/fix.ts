import { deleteRoute } from '#actions/route/preview';
import type { Plan } from '#engine/plan';
import type { LeftoverRoute } from '#intent/leftovers/routes';
import { onNode } from '#snapshot/scope';
import type { Found } from './text.ts';

/** All routes of the earlier plugin go; its devices, files and chains harm nobody and are left to a person. */
export const fix = ({ node, plugin, running }: Found, left: readonly LeftoverRoute[]): Plan => ({
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
