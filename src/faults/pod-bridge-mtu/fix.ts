import { setLinkMtu } from '#actions/link/preview';
import type { Plan } from '#engine/plan';
import { onNode } from '#snapshot/scope';
import type { Found } from './text.ts';
import type { TooBig } from './too-big.ts';

/** Every device that is above the tunnel, pods first: a smaller packet passes everywhere. */
export function fix({ node, bridge, wanted }: Found, { bridgeIsAbove, devices }: TooBig): Plan {
  return {
    steps: [
      ...devices.map(({ scope, name }) => setLinkMtu(scope, name, wanted)),
      ...(bridgeIsAbove ? [setLinkMtu(onNode(node), bridge, wanted)] : []),
    ],
    blast: {
      en: 'running connections go on with smaller segments; a new pod gets what the runtime is told',
      zh: '已有连接会以更小的报文段继续；新建 Pod 取决于运行时配置',
    },
    lasting: {
      en: `Docker: --mtu=${wanted} (flannel's mk-docker-opts.sh writes it; \`"mtu": ${wanted}\` in daemon.json wins over nothing); CNI: "mtu": ${wanted} in the bridge plugin's configuration, or flannel's CNI plugin, which reads FLANNEL_MTU`,
      zh: `Docker：--mtu=${wanted}（flannel 的 mk-docker-opts.sh 会写出，或在 daemon.json 中设置 "mtu": ${wanted}）；CNI：在 bridge 插件配置中设置 "mtu": ${wanted}，或使用会读取 FLANNEL_MTU 的 flannel CNI 插件`,
    },
  };
}
