import { setHairpin } from '#actions/link/preview';
import type { Plan } from '#engine/plan';
import { onNode } from '#snapshot/scope';
import type { Found } from './text.ts';

/** Hairpin mode on at every port of the bridge that lacks it, for what the CNI forgot at one port it forgot at all. */
export const fix = ({ node, ports }: Found): Plan => ({
  steps: ports.map((port) => setHairpin(onNode(node), port, true)),
  blast: {
    en: `a frame of a pod on ${node} may come back to that pod; no connection is cut`,
    zh: `节点 ${node} 上 Pod 的帧可以回到该 Pod 自身，不会中断已有连接`,
  },
  lasting: {
    en: 'new pods get it from the CNI: "hairpinMode": true in the bridge plugin\'s conflist in /etc/cni/net.d (flannel: in its delegate); with Docker as runtime kubelet --hairpin-mode=hairpin-veth',
    zh: '新 Pod 由 CNI 设置：在 /etc/cni/net.d 的 bridge 插件配置中写 "hairpinMode": true（flannel 写在 delegate 里）；使用 Docker 时为 kubelet --hairpin-mode=hairpin-veth',
  },
});
