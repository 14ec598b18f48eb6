import { restartUnit } from '#actions/unit-restart/preview';
import type { Plan } from '#engine/plan';
import type { View } from '#engine/view';
import { remakeDevice } from '#intent/flannel/remake';
import { makeVxlanDevice } from '#actions/vxlan-device/preview';
import { flanneldUnit } from '#intent/flannel/daemon';
import { onNode } from '#snapshot/scope';
import type { Found } from './text.ts';

/** The device with the right VNI and its own MAC, so that no peer has to learn another; then flanneld programs it. */
export function fix({ node, wanted }: Found, { facts }: View): Plan {
  const device = remakeDevice(facts, node, { vni: wanted });
  const unit = flanneldUnit(facts, node);
  const steps =
    device === undefined || unit === undefined ? [] : [makeVxlanDevice(onNode(node), device), restartUnit(onNode(node), unit.name)];
  return {
    steps,
    ...(steps.length === 0 ? { manual } : {}),
    blast: {
      en: `the tunnel of ${node} is away for a second, in which flanneld there ends and is started again; it carried nothing anyway`,
      zh: `${node} 的隧道会中断约一秒，期间该节点 flanneld 会退出并重新启动；它此前本就不通`,
    },
    lasting: {
      en: `flanneld takes the VNI from its configuration in etcd when it starts: after a change there, restart it on every node`,
      zh: `flanneld 只在启动时从 etcd 配置读取 VNI：修改配置后必须逐个重启所有节点的 flanneld`,
    },
  };
}

const manual: Plan['blast'] = {
  en: 'restart flanneld on that node: it makes its device anew when it does not fit the configuration (with a new MAC, which peers take from the lease)',
  zh: '重启该节点的 flanneld：设备与配置不符时它会自动重建（会换新 MAC，对端通过租约获知）',
};
