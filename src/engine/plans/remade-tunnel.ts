import { makeVxlanDevice } from '#actions/vxlan-device/preview';
import type { Facts } from '#facts/facts';
import { remakeDevice, type WantedDevice } from '#intent/flannel/remake';
import { onNode } from '#snapshot/scope';
import type { Plan } from '../plan.ts';
import type { Words } from '../words.ts';
import { restartedFlanneld } from './restarted-flanneld.ts';

/** A node's VXLAN device with a setting put right and its own MAC, so that no peer has to learn another; then flanneld programs it. */
export function remadeTunnel(node: string, given: Partial<WantedDevice>, setting: Words, facts: Facts): Plan {
  const device = remakeDevice(facts, node, given);
  const restart = restartedFlanneld(facts, node);
  const steps = device === undefined || restart === undefined ? [] : [makeVxlanDevice(onNode(node), device), restart];
  return {
    steps,
    ...(steps.length === 0 ? { manual } : {}),
    blast: {
      en: `the tunnel of ${node} is away for a second, in which flanneld there ends and is started again; it carried nothing anyway`,
      zh: `${node} 的隧道会中断约一秒，期间该节点 flanneld 会退出并重新启动；它此前本就不通`,
    },
    lasting: {
      en: `flanneld takes the ${setting.en} from its configuration in etcd when it starts: after a change there, restart it on every node`,
      zh: `flanneld 只在启动时从 etcd 配置读取 ${setting.zh}：修改配置后必须逐个重启所有节点的 flanneld`,
    },
  };
}

const manual: Plan['blast'] = {
  en: 'restart flanneld on that node: it makes its device anew when it does not fit the configuration (with a new MAC, which peers take from the lease)',
  zh: '重启该节点的 flanneld：设备与配置不符时它会自动重建（会换新 MAC，对端通过租约获知）',
};
